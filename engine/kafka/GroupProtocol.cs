namespace K2I.Kafka;

/// <summary>How the members of a consumer group share out partitions.</summary>
public enum GroupProtocol
{
    /// <summary>Members decide among themselves, here with the cooperative-sticky assignor; any broker.</summary>
    Classic,

    /// <summary>The broker decides (KIP-848); Kafka 4.0 and later.</summary>
    Consumer,
}
