namespace K2I.Kafka;

/// <summary>How a <see cref="KafkaProducer"/> batches and bounds what it holds.</summary>
public sealed record ProducerOptions
{
    public required ClientOptions Client { get; init; }

    /// <summary>none, gzip, snappy, lz4 or zstd.</summary>
    public string Compression { get; init; } = "lz4";

    public int LingerMs { get; init; } = 5;

    /// <summary>Bound on bytes not yet delivered; <see cref="KafkaProducer.TryProduce"/> refuses beyond it.</summary>
    public long BufferBytes { get; init; } = 64 << 20;

    /// <summary>Bound on records not yet delivered.</summary>
    public int BufferRecords { get; init; } = 500_000;

    /// <summary>Bound on the records of one batch. What a mock broker keeps and how a consumer fetches both count batches, not records.</summary>
    public int BatchRecords { get; init; } = 10_000;

    /// <summary>How long a record may wait for its delivery before it counts as failed.</summary>
    public int DeliveryTimeoutMs { get; init; } = 120_000;

    /// <summary>Keeps order and uniqueness within a partition over retries.</summary>
    public bool Idempotent { get; init; } = true;
}
