namespace K2I.Kafka;

/// <summary>Takes the records of one <see cref="KafkaConsumer.Poll"/>, in offset order per partition, on the polling thread.</summary>
public interface IRecordHandler
{
    /// <summary>
    /// One record. What it throws comes out of Poll; the record counts as delivered, and the records behind it are kept for the next Poll.
    /// </summary>
    void OnRecord(in KafkaRecord record);
}
