namespace K2I.Kafka;

/// <summary>Who set a record's timestamp. The values are Kafka's.</summary>
public enum TimestampType
{
    None = 0,

    /// <summary>The producer, when it made the record.</summary>
    Create = 1,

    /// <summary>The broker, when it appended the record.</summary>
    LogAppend = 2,
}
