namespace K2I.Kafka;

/// <summary>A record to be produced: a borrow of the caller's memory, copied by the call that takes it.</summary>
public readonly ref struct ProducerRecord
{
    public ProducerRecord()
    {
    }

    public required string Topic { get; init; }

    /// <summary>-1: by a hash of the key, or any where there is no key.</summary>
    public int Partition { get; init; } = -1;

    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasKey { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>Produces a null value.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>0: now.</summary>
    public long TimestampMs { get; init; }

    public ReadOnlySpan<KafkaHeader> Headers { get; init; }

    /// <summary>The caller's name for the record, which <see cref="IProducer.TakeFailed"/> gives back; 0 for none.</summary>
    public long Tag { get; init; }
}
