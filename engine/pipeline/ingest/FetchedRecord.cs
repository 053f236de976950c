using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>A fetched record as decoders see it.</summary>
internal static class FetchedRecord
{
    /// <summary>A borrow of the record's memory, and of <paramref name="headers"/>, into which its headers are copied. Allocates nothing.</summary>
    internal static RecordInput InputOf(in KafkaRecord record, Source source, HeaderCopy headers)
    {
        headers.Load(record.Headers);
        return new(record.Value, record.IsTombstone)
        {
            Key = record.Key,
            KeyIsNull = !record.HasKey,
            Topic = source.TopicUtf8,
            Partition = record.Partition,
            Offset = record.Offset,
            TimestampMs = record.TimestampMs,
            TimestampKind = (TimestampKind)record.TimestampType,
            Headers = headers.Count > 0 ? headers : null,
        };
    }
}
