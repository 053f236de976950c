using System.Buffers.Binary;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// Owner of the dead letters of one segment, in the order of their arrival, as bytes:
/// <code>
/// letter  0 length         i32  of the whole
///         4 source index   i32
///         8 offset         i64
///        16 failed at      i64  milliseconds
///        24 error length   i32
///        28 detail length  i32
///        32 error (UTF-8), detail (UTF-8), record: RecordBytes
/// </code>
/// Little-endian; never written to disk. The lane's thread writes while the segment is open, the flush reads once it is sealed, and disposes of it.
/// </summary>
internal sealed class LetterBuffer(LetterBytes total) : IDisposable
{
    internal const int HeadBytes = 32;

    // The buffer grows to powers of two; a record of Kafka is shorter than the largest.
    private const int FirstBytes = 64 << 10, MostBytes = 1 << 30;

    internal const int Length = 0, SourceIndex = 4, Offset = 8, FailedMs = 16, ErrorLength = 24, DetailLength = 28;

    private readonly List<Source> sources = [];
    private readonly ArrayPoolBufferWriter<byte> bytes = new(FirstBytes);

    internal int Count { get; private set; }

    internal int Bytes { get; private set; }

    internal IReadOnlyList<Source> Sources => sources;

    internal void Add(in RecordInput record, Source source, string error, string detail, long failedUnixMs)
    {
        int errorBytes = Encoding.UTF8.GetByteCount(error), detailBytes = Encoding.UTF8.GetByteCount(detail);
        var at = Claim(HeadBytes + (long)errorBytes + detailBytes + RecordBytes.SizeOf(in record));
        BinaryPrimitives.WriteInt32LittleEndian(at[Length..], at.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[SourceIndex..], IndexOf(source));
        BinaryPrimitives.WriteInt64LittleEndian(at[Offset..], record.Offset.Value);
        BinaryPrimitives.WriteInt64LittleEndian(at[FailedMs..], failedUnixMs);
        BinaryPrimitives.WriteInt32LittleEndian(at[ErrorLength..], errorBytes);
        BinaryPrimitives.WriteInt32LittleEndian(at[DetailLength..], detailBytes);
        Encoding.UTF8.GetBytes(error, at[HeadBytes..]);
        Encoding.UTF8.GetBytes(detail, at[(HeadBytes + errorBytes)..]);
        RecordBytes.Write(in record, 0, at[(HeadBytes + errorBytes + detailBytes)..]);
        Count++;
        total.Add(at.Length);
    }

    /// <summary>What a record takes here, roughly.</summary>
    internal static long SizeOf(in RecordInput record, string detail) => HeadBytes + 64 + detail.Length + RecordBytes.SizeOf(in record);

    internal LetterReader Read() => new(bytes.WrittenSpan, sources);

    public void Dispose()
    {
        total.Add(-Bytes);
        bytes.Dispose();
        Bytes = Count = 0;
        sources.Clear();
    }

    private int IndexOf(Source source)
    {
        for (var i = sources.Count - 1; i >= 0; i--)
            if (ReferenceEquals(sources[i], source)) return i;
        sources.Add(source);
        return sources.Count - 1;
    }

    private Span<byte> Claim(long size)
    {
        Check.That(Bytes + size <= MostBytes);
        var claimed = bytes.GetSpan((int)size)[..(int)size];
        bytes.Advance((int)size);
        Bytes += (int)size;
        return claimed;
    }
}
