using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>A copy of a record that cannot be turned into a row now: the ring is full, the schema has to grow, or columns are still being inferred.</summary>
internal sealed class HeldRecord
{
    internal HeldRecord(in KafkaRecord record, Source source)
    {
        Source = source;
        Offset = record.Offset;
        TimestampMs = record.TimestampMs;
        TimestampType = record.TimestampType;
        HasKey = record.HasKey;
        Key = record.Key.ToArray();
        IsTombstone = record.IsTombstone;
        Value = record.Value.ToArray();
        Headers.Load(record.Headers);
    }

    internal Source Source { get; }

    internal long Offset { get; }

    internal long TimestampMs { get; }

    internal TimestampType TimestampType { get; }

    internal bool HasKey { get; }

    internal byte[] Key { get; }

    internal bool IsTombstone { get; }

    internal byte[] Value { get; }

    internal HeaderCopy Headers { get; } = new();

    internal RecordInput Input => new(Value, IsTombstone)
    {
        Key = Key,
        KeyIsNull = !HasKey,
        Topic = Source.TopicUtf8,
        Partition = Source.Partition,
        Offset = Offset,
        TimestampMs = TimestampMs,
        TimestampKind = (TimestampKind)TimestampType,
        Headers = Headers.Count > 0 ? Headers : null,
    };
}
