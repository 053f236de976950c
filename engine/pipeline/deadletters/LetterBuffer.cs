using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// The dead letters of one segment, in the order of their arrival, as bytes:
/// <code>
/// bytes(4) source(4) offset(8) timestamp ms(8) timestamp kind(1) failed at ms(8)
/// then error, detail, key, value, each: bytes(4; -1 for null) …, then headers: count(4), each: name, value as before
/// </code>
/// Little-endian; never written to disk. Ingest thread writes while the segment is open, the flush thread reads once it is sealed.
/// </summary>
internal sealed class LetterBuffer
{
    private const int FixedBytes = 4 + 4 + 8 + 8 + 1 + 8;

    private readonly List<Source> sources = [];
    private byte[] bytes = [];
    private int used;

    internal int Count { get; private set; }

    internal int Bytes => used;

    internal IReadOnlyList<Source> Sources => sources;

    internal void Add(in RecordInput record, Source source, string error, string detail, long failedUnixMs)
    {
        var start = used;
        var at = Claim(FixedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], IndexOf(source));
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], record.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(at[16..], record.TimestampMs);
        at[24] = (byte)record.TimestampKind;
        BinaryPrimitives.WriteInt64LittleEndian(at[25..], failedUnixMs);
        AddText(error);
        AddText(detail);
        AddBytes(record.Key, record.KeyIsNull);
        AddBytes(record.Value, record.ValueIsNull);
        var countAt = used;
        var count = 0;
        Claim(4);
        for (; record.Headers is { } headers && headers.TryRead(count, out var name, out var value, out var isNull); count++)
        {
            AddBytes(name, isNull: false);
            AddBytes(value, isNull);
        }
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(countAt), count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(start), used - start);
        Count++;
    }

    /// <summary>What a record takes here, roughly.</summary>
    internal static long SizeOf(in RecordInput record, string detail)
    {
        long size = FixedBytes + 64 + detail.Length + record.Key.Length + record.Value.Length;
        for (var i = 0; record.Headers is { } headers && headers.TryRead(i, out var name, out var value, out _); i++) size += 8 + name.Length + value.Length;
        return size;
    }

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

    private void AddText(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var at = Claim(4 + size);
        BinaryPrimitives.WriteInt32LittleEndian(at, size);
        Encoding.UTF8.GetBytes(text, at[4..]);
    }

    private void AddBytes(ReadOnlySpan<byte> value, bool isNull)
    {
        var at = Claim(isNull ? 4 : 4 + value.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at, isNull ? -1 : value.Length);
        if (!isNull) value.CopyTo(at[4..]);
    }

    private Span<byte> Claim(int size)
    {
        if (used + (long)size > bytes.Length)
        {
            Check.That(used + (long)size <= Array.MaxLength);
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(used + (long)size, Math.Max(64 << 10, bytes.Length * 2L))));
            bytes.AsSpan(0, used).CopyTo(larger);
            if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }
        used += size;
        return bytes.AsSpan(used - size, size);
    }
}
