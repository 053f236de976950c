using K2I.Base;

namespace K2I.Pipeline;

/// <summary>An assigned Kafka partition. Offsets are next offsets (exclusive ends); None where not known. <paramref name="Fetched"/>: Kafka has answered since it was assigned, with a record or its end.</summary>
public readonly record struct PartitionStatus(string Topic, int Partition, Offset NextOffset, Offset CommittedOffset, Offset HighWatermark, bool Fetched)
{
    /// <summary>Records on the broker that have not been read yet; -1 where not known.</summary>
    public long Lag => HighWatermark.IsNumber && NextOffset.IsNumber ? Math.Max(0, HighWatermark - NextOffset) : -1;
}
