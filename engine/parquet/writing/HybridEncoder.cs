using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>
/// Parquet's RLE/bit-packing hybrid. A run is a varint header and its data: header &lt;&lt; 1 repeats of one value in whole bytes, or
/// (header &lt;&lt; 1 | 1) groups of eight bit-packed values. Source: Encodings.md of parquet-format, "RLE".
/// </summary>
/// <remarks>A stretch is repeated where that is shorter than packing it and starting a new packed run after it.</remarks>
internal static unsafe class HybridEncoder
{
    /// <summary>Room that encoding <paramref name="count"/> values can need, slack for wide stores included.</summary>
    internal static long Bound(long count, int width) => (count / 8 + 1) * (width + 10) + 64;

    internal static byte* EncodeRun(uint value, long count, int width, byte* target)
    {
        target = VarInt((ulong)count << 1, target);
        for (; width > 0; width -= 8, value >>= 8) *target++ = (byte)value;
        return target;
    }

    /// <summary>Levels, one byte each. Reads up to seven bytes beyond the last.</summary>
    internal static byte* EncodeLevels(byte* values, int count, int width, byte* target)
    {
        var shortest = ShortestRun(width);
        for (var at = 0; at < count;)
        {
            var literal = at;
            var run = 0;
            for (; at + 8 <= count; at += 8)
            {
                run = RunOf(values, at, count);
                if (run >= shortest) break;
                run = 0;
            }
            if (run == 0) at = count;
            if (at > literal)
            {
                var rest = at - literal & 7;
                var groups = (at - literal) / 8;
                target = VarInt((ulong)(groups + (rest == 0 ? 0 : 1)) << 1 | 1, target);
                target = BitPacker.PackBytes(values + literal, groups, width, target);
                if (rest != 0)
                {
                    ulong padded = 0;
                    Unsafe.CopyBlockUnaligned(&padded, values + literal + groups * 8, (uint)rest);
                    target = BitPacker.PackBytes((byte*)&padded, 1, width, target);
                }
            }
            if (run == 0) break;
            target = EncodeRun(values[at], run, width, target);
            at += run;
        }
        return target;
    }

    internal static byte* EncodeIndices(uint* values, int count, int width, byte* target)
    {
        var padded = stackalloc uint[8];
        var shortest = ShortestRun(width);
        for (var at = 0; at < count;)
        {
            var literal = at;
            var run = 0;
            for (; at + 8 <= count; at += 8)
            {
                run = RunOf(values, at, count);
                if (run >= shortest) break;
                run = 0;
            }
            if (run == 0) at = count;
            if (at > literal)
            {
                var rest = at - literal & 7;
                var groups = (at - literal) / 8;
                target = VarInt((ulong)(groups + (rest == 0 ? 0 : 1)) << 1 | 1, target);
                target = BitPacker.PackUInts(values + literal, groups, width, target);
                if (rest != 0)
                {
                    new Span<uint>(padded, 8).Clear();
                    for (var i = 0; i < rest; i++) padded[i] = values[literal + groups * 8 + i];
                    target = BitPacker.PackUInts(padded, 1, width, target);
                }
            }
            if (run == 0) break;
            target = EncodeRun(values[at], run, width, target);
            at += run;
        }
        return target;
    }

    internal static int WidthOf(uint highest) => 32 - System.Numerics.BitOperations.LeadingZeroCount(highest);

    /// <summary>Values from which a repeated run is the shorter form.</summary>
    private static int ShortestRun(int width) => 8 * ((3 + (width + 7) / 8) / Math.Max(width, 1) + 1);

    /// <summary>How often the value at <paramref name="at"/> repeats; 0 unless at least eight times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RunOf(byte* values, int at, int count)
    {
        var same = values[at] * 0x0101010101010101UL;
        return Unsafe.ReadUnaligned<ulong>(values + at) != same ? 0 : RunLength(values, at, count, same);
    }

    private static int RunLength(byte* values, int at, int count, ulong same)
    {
        var end = at + 8;
        while (end + 8 <= count && Unsafe.ReadUnaligned<ulong>(values + end) == same) end += 8;
        while (end < count && values[end] == (byte)same) end++;
        return end - at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RunOf(uint* values, int at, int count)
    {
        // Two neighbours that differ are the usual case and the cheapest test.
        if (values[at] != values[at + 1]) return 0;
        var same = Vector128.Create(values[at]);
        return (Vector128.Load(values + at) ^ same | Vector128.Load(values + at + 4) ^ same) != Vector128<uint>.Zero ? 0 : RunLength(values, at, count, same);
    }

    private static int RunLength(uint* values, int at, int count, Vector128<uint> same)
    {
        var end = at + 8;
        while (end + 4 <= count && Vector128.Load(values + end) == same) end += 4;
        while (end < count && values[end] == values[at]) end++;
        return end - at;
    }

    private static byte* VarInt(ulong value, byte* target)
    {
        for (; value >= 0x80; value >>= 7) *target++ = (byte)(value | 0x80);
        *target++ = (byte)value;
        return target;
    }
}
