using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Kernels over Arrow bitmaps (least significant bit first). None reads a byte beyond the one that holds the last bit.</summary>
internal static unsafe class Bitmap
{
    internal static int CountOnes(byte* bits, int start, int count)
    {
        var ones = 0;
        for (; count > 0 && (start & 7) != 0; start++, count--) ones += bits[start >> 3] >> (start & 7) & 1;
        bits += start >> 3;
        for (; count >= 64; bits += 8, count -= 64) ones += BitOperations.PopCount(Unsafe.ReadUnaligned<ulong>(bits));
        for (; count >= 8; bits++, count -= 8) ones += BitOperations.PopCount(*bits);
        return count > 0 ? ones + BitOperations.PopCount(*bits & (1u << count) - 1) : ones;
    }

    /// <summary>One byte a bit: <paramref name="zero"/> or <paramref name="zero"/> + 1. Writes up to seven bytes beyond the last.</summary>
    internal static void Expand(byte* bits, int start, int count, byte zero, byte* target)
    {
        var add = zero * 0x0101010101010101UL;
        var shift = start & 7;
        bits += start >> 3;
        for (var last = (shift + count - 1) >> 3; count > 0; bits++, last--, target += 8, count -= 8)
        {
            uint pair = *bits;
            if (shift != 0 && last > 0) pair |= (uint)bits[1] << 8;
            var eight = pair >> shift & 0xFF;
            Unsafe.WriteUnaligned(target, Spread(eight) + add);
        }
    }

    internal static bool Bit(byte* bits, int at) => (bits[at >> 3] >> (at & 7) & 1) != 0;

    /// <summary>Bit i to byte i: byte i keeps only its bit, which the addition carries to the byte's top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(uint eight) => (eight * 0x0101010101010101UL & 0x8040201008040201) + 0x00406070787C7E7F >> 7 & 0x0101010101010101;
}
