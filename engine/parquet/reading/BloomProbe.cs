using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Asks a column chunk's Bloom filter (parquet.thrift, BloomFilterHeader) for a value. What cannot be told counts as there.</summary>
internal static class BloomProbe
{
    private const int HeaderBytes = 64, MaxFilterBytes = 128 << 20;

    /// <summary>The filter, or null where there is none that this build knows.</summary>
    internal static BloomFilter? Read(IByteSource source, ChunkInfo chunk, long pagesEnd)
    {
        var at = chunk.BloomFilterAt;
        if (at < 4 || at >= pagesEnd) return null;
        var start = new byte[(int)Math.Min(HeaderBytes, pagesEnd - at)];
        source.Read(at, start);
        var thrift = new ThriftReader(start);
        var bytes = 0;
        var known = 0;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id == 1) bytes = thrift.Int32(type);
            else if (id is >= 2 and <= 4 && type == ThriftReader.Struct) known += FirstMember(ref thrift);
            else thrift.Skip(type);
        }
        // Algorithm block, hash xxhash, compression none: each the first member of its union.
        if (thrift.Failed || known != 3 || bytes < BloomFilter.BlockBytes || bytes % BloomFilter.BlockBytes != 0 || bytes > MaxFilterBytes || bytes > pagesEnd - at - thrift.Position) return null;
        var words = new uint[bytes / sizeof(uint)];
        source.Read(at + thrift.Position, MemoryMarshal.AsBytes(words.AsSpan()));
        return new BloomFilter(words);
    }

    /// <param name="filter">The filter of the leaf's chunk.</param>
    /// <param name="leaf">The column, and the type that the value is of.</param>
    /// <param name="value">As columns hold it.</param>
    internal static bool MayContain(BloomFilter filter, PlannedLeaf leaf, ReadOnlySpan<byte> value)
    {
        if (Stored(leaf, value, out var stored) is { } known) return known;
        return filter.MayContain(XxHash64.HashToUInt64(stored));
    }

    /// <summary>Turns a value into what the file would have for it. Null: that is <paramref name="stored"/>; false: the file cannot have it; true: who knows.</summary>
    private static bool? Stored(PlannedLeaf leaf, ReadOnlySpan<byte> value, out byte[] stored)
    {
        stored = value.ToArray();
        var width = leaf.Leaf.Width;
        switch (leaf.Conversion)
        {
            case ValueConversion.None when leaf.Leaf.Stored is not (StoredType.Boolean or StoredType.Int96):
                // Zeros are equal whatever their sign, and their hashes are not.
                return leaf.Type.Kind is TypeKind.Float or TypeKind.Double && value.IndexOfAnyExcept((byte)0, (byte)0x80) < 0 ? true : null;
            case ValueConversion.IntToLong:
                stored = stored[..sizeof(int)];
                return BinaryPrimitives.ReadInt64LittleEndian(value) == BinaryPrimitives.ReadInt32LittleEndian(stored) ? null : leaf.Leaf.Unsigned;
            case ValueConversion.IntToDecimal or ValueConversion.LongToDecimal:
                stored = stored[..width];
                var number = width == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(stored) : BinaryPrimitives.ReadInt64LittleEndian(stored);
                return BinaryPrimitives.ReadInt128LittleEndian(value) == number ? null : false;
            case ValueConversion.BytesToDecimal when width is > 0 and <= 16:
                var unscaled = BinaryPrimitives.ReadInt128LittleEndian(value);
                BinaryPrimitives.WriteInt128BigEndian(stored, unscaled);
                stored = stored[^width..];
                return unscaled << 128 - 8 * width >> 128 - 8 * width == unscaled ? null : false;
            default:
                return true;
        }
    }

    /// <summary>1 if a union's first member is set.</summary>
    private static int FirstMember(ref ThriftReader thrift)
    {
        var found = 0;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id == 1) found = 1;
            thrift.Skip(type);
        }
        return found;
    }
}
