using System.Buffers.Binary;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>A record as bytes: in frames of the log, while it is held, as a dead letter. Little-endian.</summary>
/// <remarks>
/// <code>
/// record  0 offset        u32  less a base that whoever keeps the bytes knows
///         4 flags         u32  1 has a key, 2 has a value, 4 has headers, 8 create time, 16 log append time
///         8 timestamp     i64  milliseconds
///        16 key length    i32
///        20 value length  i32
///        24 header bytes  i32
///        28 key, value, headers
/// headers 0 count         i32
///         each: name length i32, value length i32 (-1: null), name, value
/// </code>
/// </remarks>
internal static class RecordBytes
{
    internal const int HeadBytes = 28;

    internal const int Offset = 0, Flags = 4, Timestamp = 8, KeyLength = 16, ValueLength = 20, HeaderLength = 24;

    internal const uint HasKey = 1, HasValue = 2, HasHeaders = 4, CreateTime = 8, LogAppendTime = 16;

    internal static long SizeOf(in RecordInput record) => HeadBytes + (long)record.Key.Length + record.Value.Length + HeaderBytes(record.Headers);

    /// <summary>Writes the record, whose <see cref="SizeOf"/> is the span's length.</summary>
    internal static void Write(in RecordInput record, uint offset, Span<byte> to)
    {
        var headerBytes = to.Length - HeadBytes - record.Key.Length - record.Value.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(to[Offset..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(to[Flags..], FlagsOf(in record, headerBytes));
        BinaryPrimitives.WriteInt64LittleEndian(to[Timestamp..], record.TimestampMs);
        BinaryPrimitives.WriteInt32LittleEndian(to[KeyLength..], record.Key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[ValueLength..], record.Value.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[HeaderLength..], headerBytes);
        record.Key.CopyTo(to[HeadBytes..]);
        record.Value.CopyTo(to[(HeadBytes + record.Key.Length)..]);
        if (headerBytes > 0) WriteHeaders(record.Headers!, to[^headerBytes..]);
    }

    /// <summary>
    /// Reads the record at the start of <paramref name="from"/>, which moves behind it; the record borrows its bytes, and <paramref name="headers"/> where it has any. Throws
    /// Corrupt where the lengths do not add up.
    /// </summary>
    internal static RecordInput Read(scoped ref ReadOnlySpan<byte> from, Offset baseOffset, ReadOnlySpan<byte> topic, int partition, HeaderCopy headers)
    {
        Require(from.Length >= HeadBytes);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(from[Flags..]);
        int key = BinaryPrimitives.ReadInt32LittleEndian(from[KeyLength..]), value = BinaryPrimitives.ReadInt32LittleEndian(from[ValueLength..]),
            headerBytes = BinaryPrimitives.ReadInt32LittleEndian(from[HeaderLength..]);
        Require((key | value | headerBytes) >= 0 && from.Length - HeadBytes >= (long)key + value + headerBytes);
        var hasHeaders = (flags & HasHeaders) != 0;
        if (hasHeaders) Require(headers.TryLoad(from.Slice(HeadBytes + key + value, headerBytes)));
        var record = new RecordInput(from.Slice(HeadBytes + key, value), (flags & HasValue) == 0)
        {
            Key = from.Slice(HeadBytes, key),
            KeyIsNull = (flags & HasKey) == 0,
            Topic = topic,
            Partition = partition,
            Offset = baseOffset + BinaryPrimitives.ReadUInt32LittleEndian(from[Offset..]),
            TimestampMs = BinaryPrimitives.ReadInt64LittleEndian(from[Timestamp..]),
            TimestampKind = (flags & CreateTime) != 0 ? TimestampKind.CreateTime : (flags & LogAppendTime) != 0 ? TimestampKind.LogAppendTime : TimestampKind.None,
            Headers = hasHeaders ? headers : null,
        };
        from = from[(HeadBytes + key + value + headerBytes)..];
        return record;
    }

    private static uint FlagsOf(in RecordInput record, int headerBytes) =>
        (record.KeyIsNull ? 0 : HasKey)
        | (record.ValueIsNull ? 0 : HasValue)
        | (headerBytes == 0 ? 0 : HasHeaders)
        | (record.TimestampKind switch { TimestampKind.CreateTime => CreateTime, TimestampKind.LogAppendTime => LogAppendTime, _ => 0 });

    private static int HeaderBytes(IRecordHeaders? headers)
    {
        if (headers is null) return 0;
        var size = 0;
        for (var i = 0; headers.TryRead(i, out var name, out var value, out _); i++) size += 8 + name.Length + value.Length;
        return size == 0 ? 0 : size + 4;
    }

    private static void WriteHeaders(IRecordHeaders headers, Span<byte> to)
    {
        var i = 0;
        var rest = to[4..];
        for (; headers.TryRead(i, out var name, out var value, out var isNull); i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, name.Length);
            BinaryPrimitives.WriteInt32LittleEndian(rest[4..], isNull ? -1 : value.Length);
            name.CopyTo(rest[8..]);
            value.CopyTo(rest[(8 + name.Length)..]);
            rest = rest[(8 + name.Length + value.Length)..];
        }
        BinaryPrimitives.WriteInt32LittleEndian(to, i);
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new EngineException(ErrorKind.Corrupt, "a record's bytes do not add up");
    }
}
