using K2I.Base;

namespace K2I.Kafka;

/// <summary>A position in a partition. <see cref="Offset"/> is that of the next record, or a word.</summary>
public readonly record struct TopicPartitionOffset(string Topic, int Partition, Offset Offset)
{
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}
