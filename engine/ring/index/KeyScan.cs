using System.Buffers.Binary;
using System.Runtime.InteropServices;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// Finds a key without an index: reads the first key column from the newest row down, several values at once where its form allows.
/// </summary>
public static class KeyScan
{
    /// <summary>The last of the rows that has the key; null where none has it. The caller keeps the rows in memory.</summary>
    /// <param name="key">As <see cref="KeyColumns.TryParse"/> makes it.</param>
    public static Ordinal? FindLast(KeyColumns columns, Batch rows, ReadOnlySpan<byte> key)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(key);
        var value = length == KeyReader.Null ? default : key.Slice(KeyReader.PrefixBytes, length);
        var keys = columns.Read(rows);
        var first = columns.Find(rows, 0);
        for (var below = rows.Rows; below > 0;)
        {
            var at = length == KeyReader.Null || first is null ? below - 1 : LastCandidate(first, below, value);
            if (at < 0) return null;
            if (keys.Is(at, key)) return new(at);
            below = at;
        }
        return null;
    }

    /// <summary>The last row below one whose first key column may have the value; -1 where none may.</summary>
    private static int LastCandidate(ColumnView column, int below, ReadOnlySpan<byte> value)
    {
        switch (KeyPart.FormOf(column.Field.Type))
        {
            case KeyForm.Int when value.Length == sizeof(long):
                var wide = BinaryPrimitives.ReadInt64LittleEndian(value);
                return wide == (int)wide ? column.Values<int>()[..below].LastIndexOf((int)wide) : -1;
            case KeyForm.Fixed when column.Width == sizeof(long) && value.Length == sizeof(long):
                return column.Values<long>()[..below].LastIndexOf(BinaryPrimitives.ReadInt64LittleEndian(value));
            case KeyForm.Fixed when column.Width == 16 && value.Length == 16:
                return column.Values<Int128>()[..below].LastIndexOf(BinaryPrimitives.ReadInt128LittleEndian(value));
            case KeyForm.Bytes:
                return LastBytes(column.Offsets, column.ValueBytes, below, value);
            default:
                return below - 1;
        }
    }

    /// <summary>By length, then by the first bytes.</summary>
    private static int LastBytes(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> bytes, int below, ReadOnlySpan<byte> value)
    {
        if (value.Length < sizeof(long))
        {
            for (var at = below - 1; at >= 0; at--)
                if (offsets[at + 1] - offsets[at] == value.Length && bytes.Slice(offsets[at], value.Length).SequenceEqual(value)) return at;
            return -1;
        }
        var start = MemoryMarshal.Read<long>(value);
        var end = offsets[below];
        for (var at = below - 1; at >= 0; at--)
        {
            var begin = offsets[at];
            if (end - begin == value.Length && MemoryMarshal.Read<long>(bytes[begin..]) == start) return at;
            end = begin;
        }
        return -1;
    }
}
