using System.Buffers.Binary;

namespace K2I.Iceberg;

/// <summary>A key being made: values in forms whose order byte by byte is the values' own.</summary>
internal sealed class KeyBytes
{
    private byte[] bytes = new byte[64];
    private int used;

    internal ReadOnlySpan<byte> Written => bytes.AsSpan(0, used);

    internal int Length => used;

    internal void Clear() => used = 0;

    internal void Byte(byte value) => Room(1)[0] = value;

    internal void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), value ^ int.MinValue);

    internal void Long(long value) => BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), value ^ long.MinValue);

    internal void Wide(Int128 value) => BinaryPrimitives.WriteInt128BigEndian(Room(16), value ^ Int128.MinValue);

    /// <summary>In IEEE's total order: -NaN first, NaN last.</summary>
    internal void Double(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        Long(bits < 0 ? bits ^ long.MaxValue : bits);
    }

    /// <summary>Bytes of any number: a zero becomes 00 FF, the end is 00 00.</summary>
    internal void Text(ReadOnlySpan<byte> value)
    {
        for (var zero = value.IndexOf((byte)0); zero >= 0; zero = value.IndexOf((byte)0))
        {
            value[..zero].CopyTo(Room(zero));
            BinaryPrimitives.WriteUInt16BigEndian(Room(2), 0x00FF);
            value = value[(zero + 1)..];
        }
        value.CopyTo(Room(value.Length));
        Room(2).Clear();
    }

    /// <summary>Bytes of a number that all values have.</summary>
    internal void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    /// <summary>Turns the order of what was written from here on.</summary>
    internal void Invert(int from)
    {
        for (var at = from; at < used; at++) bytes[at] = (byte)~bytes[at];
    }

    private Span<byte> Room(int count)
    {
        if (used + count > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + count));
        used += count;
        return bytes.AsSpan(used - count, count);
    }
}
