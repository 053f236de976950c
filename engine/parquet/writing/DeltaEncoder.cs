using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED: block size, miniblocks a block, number of values and the first one; then blocks of differences to the value before: the least
/// one, each miniblock's bit width, and what each difference is above the least, packed. Source: Encodings.md of parquet-format.
/// </summary>
/// <remarks>Sums wrap around at the type's width, so that any value can follow any other.</remarks>
internal static unsafe class DeltaEncoder
{
    private const int BlockValues = 128, Miniblocks = 4, MiniblockValues = BlockValues / Miniblocks;

    /// <summary>Room that encoding can need, slack for wide stores included.</summary>
    internal static long Bound(long count, int valueBytes) => 64 + (count / BlockValues + 1) * (16 + Miniblocks + (long)BlockValues * valueBytes);

    /// <typeparam name="T">int or long.</typeparam>
    internal static byte* Encode<T>(T* values, int count, byte* target) where T : unmanaged, IBinaryInteger<T>
    {
        target = VarInt(BlockValues, target);
        target = VarInt(Miniblocks, target);
        target = VarInt((uint)count, target);
        target = ZigZag(count == 0 ? 0 : long.CreateTruncating(values[0]), target);
        var deltas = stackalloc ulong[BlockValues];
        for (var at = 1; at < count; at += BlockValues) target = Block(values + at, Math.Min(BlockValues, count - at), deltas, target);
        return target;
    }

    private static byte* Block<T>(T* values, int count, ulong* deltas, byte* target) where T : unmanaged, IBinaryInteger<T>
    {
        // The value before the block's first is there: blocks begin behind the first value.
        var least = unchecked(values[0] - values[-1]);
        for (var i = 1; i < count; i++) least = T.Min(least, unchecked(values[i] - values[i - 1]));
        for (var i = 0; i < count; i++) deltas[i] = Unsigned(unchecked(values[i] - values[i - 1] - least));
        for (var i = count; i < BlockValues; i++) deltas[i] = 0;
        target = ZigZag(long.CreateTruncating(least), target);
        var widths = target;
        target += Miniblocks;
        for (var miniblock = 0; miniblock < Miniblocks; miniblock++)
        {
            var packed = deltas + miniblock * MiniblockValues;
            ulong all = 0;
            for (var i = 0; i < MiniblockValues; i++) all |= packed[i];
            var width = 64 - BitOperations.LeadingZeroCount(all);
            widths[miniblock] = (byte)width;
            // Miniblocks behind the last value have a width and no bytes.
            if (miniblock * MiniblockValues < count) target = Pack(packed, width, target);
        }
        return target;
    }

    private static byte* Pack(ulong* values, int width, byte* target)
    {
        if (width == 0) return target;
        ulong pending = 0;
        var bits = 0;
        for (var i = 0; i < MiniblockValues; i++)
        {
            pending |= values[i] << bits;
            bits += width;
            if (bits < 64) continue;
            Unsafe.WriteUnaligned(target, pending);
            target += sizeof(ulong);
            bits -= 64;
            pending = bits == 0 ? 0 : values[i] >> (width - bits);
        }
        // 32 values of any width end on a multiple of four bytes.
        if (bits == 0) return target;
        Unsafe.WriteUnaligned(target, (uint)pending);
        return target + sizeof(uint);
    }

    private static ulong Unsigned<T>(T value) where T : unmanaged => sizeof(T) == 4 ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);

    private static byte* ZigZag(long value, byte* target) => VarInt((ulong)(value << 1 ^ value >> 63), target);

    private static byte* VarInt(ulong value, byte* target)
    {
        for (; value >= 0x80; value >>= 7) *target++ = (byte)(value | 0x80);
        *target++ = (byte)value;
        return target;
    }
}
