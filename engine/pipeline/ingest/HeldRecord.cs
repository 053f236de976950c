using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>A copy of a record that cannot become a row now: there is no room, the schema has to grow, or columns are still to be inferred. Ingest thread.</summary>
internal sealed class HeldRecord
{
    private readonly byte[] bytes;
    private readonly int valueAt;
    private readonly int valueBytes;
    private readonly HeaderCopy headers = new();

    internal HeldRecord(in RecordInput record, Source source)
    {
        (Source, Offset) = (source, record.Offset);
        bytes = new byte[RecordBytes.SizeOf(in record)];
        RecordBytes.Write(in record, 0, bytes);
        (valueAt, valueBytes) = (RecordBytes.HeadBytes + record.Key.Length, record.Value.Length);
    }

    /// <summary>In the place of a record: the partition holds no further one below <paramref name="end"/>.</summary>
    internal HeldRecord(Source source, Offset end)
    {
        (Source, Offset, IsEnd) = (source, end, true);
        bytes = [];
    }

    internal Source Source { get; }

    /// <summary>No record: see <see cref="HeldRecord(Source, Offset)"/>.</summary>
    internal bool IsEnd { get; }

    internal Offset Offset { get; }

    internal int Bytes => bytes.Length;

    /// <summary>Set where the record is to be a dead letter when it is offered again.</summary>
    internal Refusal? Refusal { get; set; }

    /// <summary>The value alone; empty for a tombstone.</summary>
    internal ReadOnlyMemory<byte> Value => bytes.AsMemory(valueAt, valueBytes);

    /// <summary>A borrow, good until it is asked for again.</summary>
    internal RecordInput Input
    {
        get
        {
            ReadOnlySpan<byte> from = bytes;
            return RecordBytes.Read(ref from, Offset, Source.TopicUtf8, Source.Partition, headers);
        }
    }
}
