using System.Buffers.Binary;
using System.Text;

namespace K2I.Cli.Rows;

/// <summary>Builds a FlatBuffers message, back to front as the format wants it: what a table refers to comes before the table. One thread.</summary>
/// <remarks>Places are counted from the end. Source: FlatBuffers internals.</remarks>
internal sealed class FlatBuffer
{
    private byte[] bytes = new byte[1024];
    private int used;
    private int alignment = 4;
    private int[] fields = [];
    private int tableStart;

    /// <summary>The message, as many bytes as a multiple of 8.</summary>
    public byte[] Finish(int root)
    {
        Prepare(Math.Max(alignment, 8), 4);
        PutOffset(root);
        return bytes[^used..];
    }

    public int String(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Prepare(4, utf8.Length + 1);
        Take(1).Clear();
        utf8.CopyTo(Take(utf8.Length));
        PutInt(utf8.Length);
        return used;
    }

    /// <summary>A vector of references.</summary>
    public int Vector(IReadOnlyList<int> places)
    {
        Prepare(4, places.Count * 4);
        for (var i = places.Count - 1; i >= 0; i--) PutOffset(places[i]);
        PutInt(places.Count);
        return used;
    }

    /// <summary>A vector of structs of two longs.</summary>
    public int Vector(IReadOnlyList<(long First, long Second)> pairs)
    {
        Prepare(4, pairs.Count * 16);
        Prepare(8, pairs.Count * 16);
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            PutLong(pairs[i].Second);
            PutLong(pairs[i].First);
        }
        PutInt(pairs.Count);
        return used;
    }

    public void StartTable(int fieldCount)
    {
        fields = new int[fieldCount];
        tableStart = used;
    }

    public void Byte(int field, byte value)
    {
        Prepare(1, 0);
        Take(1)[0] = value;
        fields[field] = used;
    }

    public void Short(int field, short value)
    {
        Prepare(2, 0);
        PutShort(value);
        fields[field] = used;
    }

    public void Int(int field, int value)
    {
        Prepare(4, 0);
        PutInt(value);
        fields[field] = used;
    }

    public void Long(int field, long value)
    {
        Prepare(8, 0);
        PutLong(value);
        fields[field] = used;
    }

    public void Reference(int field, int place)
    {
        Prepare(4, 0);
        PutOffset(place);
        fields[field] = used;
    }

    public int EndTable()
    {
        Prepare(4, 0);
        PutInt(0);
        var table = used;
        for (var i = fields.Length - 1; i >= 0; i--) PutShort((short)(fields[i] == 0 ? 0 : table - fields[i]));
        PutShort((short)(table - tableStart));
        PutShort((short)((fields.Length + 2) * 2));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(bytes.Length - table), used - table);
        return table;
    }

    /// <summary>Pads so that something of this size lies at a multiple of it once <paramref name="more"/> bytes have come before.</summary>
    private void Prepare(int size, int more)
    {
        alignment = Math.Max(alignment, size);
        var pad = -(used + more) & (size - 1);
        Take(pad).Clear();
    }

    private Span<byte> Take(int count)
    {
        if (used + count > bytes.Length)
        {
            var wider = new byte[Math.Max(bytes.Length * 2, used + count)];
            bytes.AsSpan(bytes.Length - used).CopyTo(wider.AsSpan(wider.Length - used));
            bytes = wider;
        }
        used += count;
        return bytes.AsSpan(bytes.Length - used, count);
    }

    private void PutShort(short value) => BinaryPrimitives.WriteInt16LittleEndian(Take(2), value);

    private void PutInt(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    private void PutLong(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    private void PutOffset(int place)
    {
        var offset = used + 4 - place;
        PutInt(offset);
    }
}
