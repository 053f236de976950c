using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// The dead letters of one segment, in the order of their arrival, as bytes:
/// <code>
/// letter  0 length         i32  of the whole
///         4 source index   i32
///         8 offset         i64
///        16 failed at      i64  milliseconds
///        24 error length   i32
///        28 detail length  i32
///        32 error (UTF-8), detail (UTF-8), record: RecordBytes
/// </code>
/// Little-endian; never written to disk. Ingest thread writes while the segment is open, the flush thread reads once it is sealed.
/// </summary>
internal sealed class LetterBuffer
{
    internal const int HeadBytes = 32;

    internal const int Length = 0, SourceIndex = 4, Offset = 8, FailedMs = 16, ErrorLength = 24, DetailLength = 28;

    private readonly List<Source> sources = [];
    private byte[] bytes = [];
    private int used;

    internal int Count { get; private set; }

    internal int Bytes => used;

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
    }

    /// <summary>What a record takes here, roughly.</summary>
    internal static long SizeOf(in RecordInput record, string detail) => HeadBytes + 64 + detail.Length + RecordBytes.SizeOf(in record);

    internal LetterReader Read() => new(bytes.AsSpan(0, used), sources);

    internal void Clear()
    {
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        used = Count = 0;
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
        if (used + size > bytes.Length)
        {
            Check.That(used + size <= Array.MaxLength);
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(used + size, Math.Max(64 << 10, bytes.Length * 2L))));
            bytes.AsSpan(0, used).CopyTo(larger);
            if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }
        used += (int)size;
        return bytes.AsSpan(used - (int)size, (int)size);
    }
}
