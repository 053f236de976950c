using System.Buffers.Binary;
using System.Text;

namespace K2I.Decode.Tests;

/// <summary>Protobuf's wire format, written field by field.</summary>
internal sealed class Wire
{
    private readonly List<byte> bytes = [];

    internal byte[] Done => [.. bytes];

    internal static byte[] Number(ulong value)
    {
        List<byte> made = [];
        for (; value >= 0x80; value >>= 7) made.Add((byte)(value | 0x80));
        return [.. made, (byte)value];
    }

    /// <summary>Zig-zag varints, as message indexes are.</summary>
    internal static byte[] Indexes(params int[] indexes) =>
        indexes is [0] ? [0] : [.. indexes.Prepend(indexes.Length).SelectMany(i => Number((ulong)((i << 1) ^ (i >> 31))))];

    internal Wire Varint(int field, long value) => Tag(field, 0).Raw(Number((ulong)value));

    internal Wire ZigZag(int field, long value) => Varint(field, (value << 1) ^ (value >> 63));

    internal Wire Four(int field, uint value)
    {
        var four = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        return Tag(field, 5).Raw(four);
    }

    internal Wire Eight(int field, ulong value)
    {
        var eight = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, value);
        return Tag(field, 1).Raw(eight);
    }

    internal Wire Bytes(int field, params byte[] value) => Tag(field, 2).Raw(Number((ulong)value.Length)).Raw(value);

    internal Wire Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    internal Wire Message(int field, Wire value) => Bytes(field, value.Done);

    internal Wire Group(int field, Wire value) => Tag(field, 3).Raw(value.Done).Tag(field, 4);

    internal Wire Raw(params byte[] value)
    {
        bytes.AddRange(value);
        return this;
    }

    private Wire Tag(int field, int wire) => Raw(Number(((ulong)field << 3) | (uint)wire));
}
