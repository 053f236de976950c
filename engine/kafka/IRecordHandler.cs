using K2I.Base;

namespace K2I.Kafka;

/// <summary>Takes the records of one <see cref="KafkaConsumer.Poll"/>, in offset order per partition, on the polling thread.</summary>
public interface IRecordHandler
{
    /// <summary>
    /// One record. What it throws comes out of Poll; the record counts as delivered, and the records behind it are kept for the next Poll.
    /// </summary>
    void OnRecord(in KafkaRecord record);

    /// <summary>
    /// Everything of the partition below <paramref name="nextOffset"/> has been delivered: offsets up to there that came with no record are markers of transactions, or records that were
    /// aborted or compacted away. Comes each time the end of a partition is reached.
    /// </summary>
    void OnPartitionEnd(int topicId, int partition, Offset nextOffset);
}
