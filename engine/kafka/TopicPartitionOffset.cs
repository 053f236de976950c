namespace K2I.Kafka;

/// <summary>A position in a partition. <see cref="Offset"/> is that of the next record, or one of <see cref="KafkaOffset"/>'s.</summary>
public readonly record struct TopicPartitionOffset(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}[{Partition}]@{KafkaOffset.Format(Offset)}";
}
