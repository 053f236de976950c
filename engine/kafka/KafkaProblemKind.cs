namespace K2I.Kafka;

/// <summary>What a consumer reports, named by what its owner does about it.</summary>
public enum KafkaProblemKind
{
    /// <summary>No broker can be reached at the moment; librdkafka keeps trying. Nothing to do but tell.</summary>
    Unavailable,

    /// <summary>The broker refuses the login or the TLS handshake failed; librdkafka keeps trying.</summary>
    Authentication,

    /// <summary>A right on the topic or the group is missing.</summary>
    Denied,

    /// <summary>A subscribed topic does not exist (yet); it is taken up once it does.</summary>
    UnknownTopic,

    /// <summary>The start or next offset is not held by the partition, which stands still until it is started elsewhere.</summary>
    OffsetOutOfRange,

    /// <summary>
    /// A batch fails its checksum or cannot be decompressed. The consumer has stopped the partition, so that nothing behind the batch is
    /// read: start it there to fetch the batch again, or past it.
    /// </summary>
    Corrupt,

    /// <summary>Poll was not called for longer than <c>max.poll.interval.ms</c>: the partitions were given to others.</summary>
    PollTooLate,

    /// <summary>An ack did not reach the group; only lag tools notice.</summary>
    AckFailed,

    /// <summary>The client is unusable (fenced by a member of the same static id, for one): close it.</summary>
    Fatal,

    /// <summary>Anything else; librdkafka retries what can be retried.</summary>
    Other,
}
