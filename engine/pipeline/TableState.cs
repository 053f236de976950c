namespace K2I.Pipeline;

/// <summary>What a table's pipeline is doing. Only <see cref="Failed"/> ends it; the others pass by themselves or by <c>resume</c>.</summary>
public enum TableState
{
    /// <summary>Opening the catalog, inferring columns, joining the group.</summary>
    Starting,
    Running,

    /// <summary>Waiting for Kafka, the catalog or the store to come back; the detail says for which.</summary>
    Waiting,

    /// <summary>Stopped for a named reason that needs a decision.</summary>
    Paused,

    /// <summary>Flushing and committing before leaving.</summary>
    Stopping,
    Stopped,
    Failed,
}
