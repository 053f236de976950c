namespace K2I.Kafka;

/// <summary>Whether a client has a broker to talk to.</summary>
public enum KafkaConnectionState
{
    /// <summary>Started, and neither connected nor refused so far.</summary>
    Connecting,

    /// <summary>At least one broker connection stands.</summary>
    Up,

    /// <summary>No broker connection stands; attempts go on.</summary>
    Down,
}
