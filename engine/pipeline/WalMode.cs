namespace K2I.Pipeline;

/// <summary>What the write-ahead log holds.</summary>
public enum WalMode
{
    /// <summary>The records and every state change: after a restart uncommitted rows come back from the local disk.</summary>
    Records,

    /// <summary>State changes alone: after a restart uncommitted rows are fetched from Kafka again.</summary>
    Offsets,
}
