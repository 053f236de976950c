using System.Buffers.Binary;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>The headers of one record, copied so that a decoder can read them; one object serves record after record without allocating.</summary>
internal sealed class HeaderCopy : IRecordHeaders
{
    private byte[] bytes = new byte[256];
    private (int NameLength, int ValueLength)[] lengths = new (int, int)[8];
    private int count;
    private int used;

    internal int Count => count;

    internal void Load(KafkaHeaders headers)
    {
        count = 0;
        used = 0;
        foreach (var header in headers)
        {
            if (count == lengths.Length) Array.Resize(ref lengths, count * 2);
            Add(header.Name);
            if (!header.IsNull) Add(header.Value);
            lengths[count++] = (header.Name.Length, header.IsNull ? -1 : header.Value.Length);
        }
    }

    /// <summary>Loads the header part of a logged record (<see cref="RecordFrame"/>); false where it does not add up.</summary>
    internal bool TryLoad(ReadOnlySpan<byte> logged)
    {
        count = used = 0;
        if (logged.Length < 4) return false;
        var left = BinaryPrimitives.ReadInt32LittleEndian(logged);
        for (var rest = logged[4..]; left > 0; left--)
        {
            if (rest.Length < 8) return false;
            int name = BinaryPrimitives.ReadInt32LittleEndian(rest), value = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            if (name < 0 || value < -1 || rest.Length - 8 < (long)name + Math.Max(0, value)) return false;
            if (count == lengths.Length) Array.Resize(ref lengths, count * 2);
            Add(rest.Slice(8, name + Math.Max(0, value)));
            lengths[count++] = (name, value);
            rest = rest[(8 + name + Math.Max(0, value))..];
        }
        return left == 0;
    }

    public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
    {
        key = value = default;
        valueIsNull = true;
        if (index >= count) return false;
        var at = 0;
        for (var i = 0; i < index; i++) at += lengths[i].NameLength + Math.Max(0, lengths[i].ValueLength);
        var (name, length) = lengths[index];
        key = bytes.AsSpan(at, name);
        valueIsNull = length < 0;
        if (!valueIsNull) value = bytes.AsSpan(at + name, length);
        return true;
    }

    private void Add(ReadOnlySpan<byte> part)
    {
        if (used + part.Length > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + part.Length));
        part.CopyTo(bytes.AsSpan(used));
        used += part.Length;
    }
}
