namespace K2I.Kafka;

/// <summary>What a <see cref="KafkaConsumer"/> reads and as whom.</summary>
public sealed record ConsumerOptions
{
    public required ClientOptions Client { get; init; }

    public required string Group { get; init; }

    /// <summary>Topic names, and regular expressions that start with <c>^</c>.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Static membership id (<c>group.instance.id</c>): a restart within the session timeout keeps the partitions without a rebalance.</summary>
    public string? InstanceId { get; init; }

    public GroupProtocol Protocol { get; init; } = GroupProtocol.Classic;

    /// <summary>
    /// Bound on fetched bytes that wait to be polled, fetches under way included. librdkafka's own bookkeeping (about 300 bytes a record) comes on top;
    /// the record count is bounded too, at one per KiB of this budget.
    /// </summary>
    public long FetchBufferBytes { get; init; } = 64 << 20;
}
