using System.Buffers;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;

namespace K2I.Parquet;

/// <summary>Writes structs in Thrift's compact protocol into a buffer that is reused. Fields must come in ascending id order.</summary>
/// <remarks>Source: thrift-compact-protocol.md of Apache Thrift. A field's header is one byte where its id is at most 15 above the last one's.</remarks>
internal sealed class ThriftWriter : IDisposable
{
    internal const byte True = 1, False = 2, Byte = 3, I16 = 4, I32 = 5, I64 = 6, Binary = 8, List = 9, Struct = 12;
    private const int MaxDepth = 16;

    private readonly short[] lastIds = new short[MaxDepth];
    private readonly ArrayPoolBufferWriter<byte> buffer = new(4096);
    private int depth;

    internal int Length => buffer.WrittenCount;

    internal ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    internal void Reset()
    {
        buffer.Clear();
        depth = 0;
        lastIds[0] = 0;
    }

    internal void WriteBool(short id, bool value) => Header(id, value ? True : False);

    internal void WriteByte(short id, byte value)
    {
        Header(id, Byte);
        Raw(value);
    }

    internal void WriteI16(short id, short value)
    {
        Header(id, I16);
        ZigZag(value);
    }

    internal void WriteI32(short id, int value)
    {
        Header(id, I32);
        ZigZag(value);
    }

    internal void WriteI64(short id, long value)
    {
        Header(id, I64);
        ZigZag(value);
    }

    internal void WriteBinary(short id, ReadOnlySpan<byte> value)
    {
        Header(id, Binary);
        BinaryElement(value);
    }

    internal void WriteString(short id, string value)
    {
        Header(id, Binary);
        StringElement(value);
    }

    /// <summary>A field whose value is copied from elsewhere as it is.</summary>
    internal void WriteCopy(short id, byte type, ReadOnlySpan<byte> value)
    {
        Header(id, type);
        buffer.Write(value);
    }

    /// <summary>An element of a list, or several, copied from elsewhere as they are.</summary>
    internal void CopyElements(ReadOnlySpan<byte> value) => buffer.Write(value);

    internal void BeginStruct(short id)
    {
        Header(id, Struct);
        BeginElement();
    }

    internal void WriteEmptyStruct(short id)
    {
        BeginStruct(id);
        EndStruct();
    }

    /// <summary>Begins a struct that is an element of a list.</summary>
    internal void BeginElement() => lastIds[++depth] = 0;

    /// <summary>Ends a field or element struct.</summary>
    internal void EndStruct()
    {
        Raw(0);
        depth--;
    }

    /// <summary>Ends the outermost struct.</summary>
    internal void End() => Raw(0);

    internal void BeginList(short id, byte elementType, int count)
    {
        Header(id, List);
        if (count < 15)
        {
            Raw((byte)(count << 4 | elementType));
            return;
        }
        Raw((byte)(0xF0 | elementType));
        VarInt((uint)count);
    }

    internal void ZigZag(long value) => VarInt((ulong)(value << 1 ^ value >> 63));

    internal void BoolElement(bool value) => Raw(value ? True : False);

    internal void BinaryElement(ReadOnlySpan<byte> value)
    {
        VarInt((uint)value.Length);
        buffer.Write(value);
    }

    internal void StringElement(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        VarInt((uint)bytes);
        buffer.Advance(Encoding.UTF8.GetBytes(value, buffer.GetSpan(bytes)));
    }

    public void Dispose() => buffer.Dispose();

    private void Header(short id, byte type)
    {
        var delta = id - lastIds[depth];
        lastIds[depth] = id;
        if (delta is >= 1 and <= 15)
        {
            Raw((byte)(delta << 4 | type));
            return;
        }
        Raw(type);
        ZigZag(id);
    }

    private void VarInt(ulong value)
    {
        var room = buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        buffer.Advance(length);
    }

    private void Raw(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}
