using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Repetition and definition levels: where a page has them, and checks over runs of them.</summary>
internal static unsafe class Levels
{
    /// <summary>Version 1: levels come before the values. Returns where they end.</summary>
    internal static byte* Start(ref HybridDecoder levels, StoredEncoding encoding, byte max, byte* at, byte* end, int count)
    {
        if (max == 0) return at;
        var bits = Bits(max);
        if (encoding == StoredEncoding.BitPacked)
        {
            var bytes = ((long)count * bits + 7) / 8;
            Damage.Unless(bytes <= end - at, "a page's levels are larger than the page");
            levels.StartReversed(at, bits, count);
            return at + bytes;
        }
        Damage.Unless(encoding == StoredEncoding.Rle, "levels of an unknown encoding");
        Damage.Unless(end - at >= sizeof(int), "a page's levels are cut short");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(new(at, sizeof(int)));
        at += sizeof(int);
        Damage.Unless(length <= end - at, "a page's levels are larger than the page");
        levels.Start(at, at + length, bits);
        return at + length;
    }

    /// <summary>Bits that levels up to <paramref name="max"/> take.</summary>
    internal static int Bits(byte max) => 32 - BitOperations.LeadingZeroCount(max);

    /// <summary>No level may be higher than the column's.</summary>
    internal static void Check(byte* levels, int count, byte max)
    {
        if ((max & max + 1) == 0) return;
        var i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var limit = new Vector<byte>(max);
            for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
                Damage.Unless(Vector.LessThanOrEqualAll(Unsafe.ReadUnaligned<Vector<byte>>(levels + i), limit), "a level is higher than the column's");
        }
        for (; i < count; i++) Damage.Unless(levels[i] <= max, "a level is higher than the column's");
    }

    internal static int CountEqual(byte* levels, int count, byte wanted) => new ReadOnlySpan<byte>(levels, count).Count(wanted);
}
