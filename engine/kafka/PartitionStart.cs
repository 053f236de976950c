namespace K2I.Kafka;

/// <summary>A partition just assigned, and where to start it: the listener must set <see cref="StartOffset"/>.</summary>
public struct PartitionStart(string topic, int partition)
{
    public readonly string Topic => topic;

    public readonly int Partition => partition;

    /// <summary>The next offset to read, or <see cref="KafkaOffset.Beginning"/> or <see cref="KafkaOffset.End"/>.</summary>
    public long StartOffset { get; set; } = KafkaOffset.None;
}
