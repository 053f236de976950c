namespace K2I.Parquet;

/// <summary>Reads structs in Thrift's compact protocol from bytes that may be cut short or damaged: it never throws, but stops and says so.</summary>
/// <remarks>
/// After a problem every call returns nothing and every struct ends; look at <see cref="Truncated"/> and <see cref="Malformed"/> once, at the end.
/// Source: thrift-compact-protocol.md of Apache Thrift.
/// </remarks>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    internal const byte True = 1, False = 2, I8 = 3, I16 = 4, I32 = 5, I64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12, Uuid = 13;
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    internal int Position { get; private set; }

    /// <summary>The bytes ended before what was being read did.</summary>
    internal bool Truncated { get; private set; }

    internal bool Malformed { get; private set; }

    internal readonly bool Failed => Truncated || Malformed;

    private readonly int Left => bytes.Length - Position;

    /// <summary>The next field of a struct; false at its end. <paramref name="id"/> is 0 before the first.</summary>
    internal bool Field(ref int id, out byte type)
    {
        type = 0;
        var header = Next();
        if (header == 0 || Failed) return false;
        type = (byte)(header & 15);
        var delta = header >> 4;
        id = delta != 0 ? id + delta : (short)ZigZag();
        if (type is 0 or > Uuid) Fail();
        return !Failed;
    }

    internal bool Bool(byte type)
    {
        if (type is not (True or False)) Fail();
        return type == True;
    }

    /// <summary>A whole number of any width.</summary>
    internal long Int(byte type)
    {
        switch (type)
        {
            case I8:
                return (sbyte)Next();
            case I16 or I32 or I64:
                return ZigZag();
            default:
                Fail();
                return 0;
        }
    }

    internal int Int32(byte type)
    {
        var value = Int(type);
        if (value is < int.MinValue or > int.MaxValue) Fail();
        return (int)value;
    }

    internal ReadOnlySpan<byte> Bytes(byte type)
    {
        if (type != Binary)
        {
            Fail();
            return [];
        }
        var length = VarInt();
        if (Failed) return [];
        if (length > int.MaxValue)
        {
            Fail();
            return [];
        }
        if (length > (ulong)Left)
        {
            Cut();
            return [];
        }
        var span = bytes.Slice(Position, (int)length);
        Position += (int)length;
        return span;
    }

    /// <summary>Begins a list. Returns how many elements follow: no more than there are bytes left.</summary>
    internal int BeginList(byte type, out byte elementType)
    {
        elementType = 0;
        if (type is not (List or Set))
        {
            Fail();
            return 0;
        }
        var header = Next();
        elementType = (byte)(header & 15);
        var count = (ulong)(header >> 4);
        if (count == 15) count = VarInt();
        return Counted(count);
    }

    internal bool BoolElement() => Next() == True;

    /// <summary>Passes over a field's value, whatever it is.</summary>
    internal void Skip(byte type) => Skip(type, MaxDepth, false);

    private void Skip(byte type, int depth, bool element)
    {
        if (Failed) return;
        switch (type)
        {
            case True or False:
                if (element) Next();
                break;
            case I8:
                Next();
                break;
            case I16 or I32 or I64:
                VarInt();
                break;
            case Double:
                Forward(8);
                break;
            case Uuid:
                Forward(16);
                break;
            case Binary:
                Bytes(Binary);
                break;
            case List or Set when depth > 0:
                var count = BeginList(type, out var elementType);
                for (; count > 0 && !Failed; count--) Skip(elementType, depth - 1, true);
                break;
            case Map when depth > 0:
                var entries = Counted(VarInt());
                if (entries == 0) break;
                var types = Next();
                for (; entries > 0 && !Failed; entries--)
                {
                    Skip((byte)(types >> 4), depth - 1, true);
                    Skip((byte)(types & 15), depth - 1, true);
                }
                break;
            case Struct when depth > 0:
                var id = 0;
                while (Field(ref id, out var fieldType)) Skip(fieldType, depth - 1, false);
                break;
            default:
                Fail();
                break;
        }
    }

    private int Counted(ulong count)
    {
        if (Failed) return 0;
        if (count > int.MaxValue) Fail();
        else if (count > (ulong)Left) Cut();
        return Failed ? 0 : (int)count;
    }

    private long ZigZag()
    {
        var value = VarInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong VarInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Next();
            if (Failed) return 0;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Fail();
        return 0;
    }

    private byte Next()
    {
        if (Position < bytes.Length) return bytes[Position++];
        Cut();
        return 0;
    }

    private void Forward(int count)
    {
        if (count > Left) Cut();
        else Position += count;
    }

    private void Cut()
    {
        if (!Malformed) Truncated = true;
        Position = bytes.Length;
    }

    private void Fail()
    {
        if (!Truncated) Malformed = true;
        Position = bytes.Length;
    }
}
