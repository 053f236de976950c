using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>
/// Packs eight values at a time into <c>width</c> bits each, least significant bit first. May write up to 16 bytes beyond the end: leave slack.
/// </summary>
/// <remarks>Neighbours are joined within a word, then pairs, then fours: as quick as the CPU's bit extraction, and on any CPU.</remarks>
internal static unsafe class BitPacker
{
    private const ulong Bytes = 0x00FF00FF00FF00FF, Shorts = 0x0000FFFF0000FFFF, Ints = 0x00000000FFFFFFFF;

    /// <summary>Packs groups of eight values of one byte, each below 2^<paramref name="width"/>, at most eight bits. Returns the end.</summary>
    internal static byte* PackBytes(byte* values, int groups, int width, byte* target)
    {
        for (; groups > 0; groups--, values += 8, target += width)
            Unsafe.WriteUnaligned(target, JoinBytes(Unsafe.ReadUnaligned<ulong>(values), width));
        return target;
    }

    /// <summary>Packs groups of eight values, each below 2^<paramref name="width"/>, at most 32 bits. Returns the end.</summary>
    internal static byte* PackUInts(uint* values, int groups, int width, byte* target)
    {
        if (width <= 8)
        {
            for (; groups > 0; groups--, values += 8, target += width)
            {
                var shorts = Vector128.Narrow(Vector128.Load(values), Vector128.Load(values + 4));
                Unsafe.WriteUnaligned(target, JoinBytes(Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar(), width));
            }
            return target;
        }
        if (width < 16)
        {
            var half = 4 * width;
            for (; groups > 0; groups--, values += 8, target += width)
            {
                var shorts = Vector128.Narrow(Vector128.Load(values), Vector128.Load(values + 4)).AsUInt64();
                var low = JoinShorts(shorts.GetElement(0), width);
                var high = JoinShorts(shorts.GetElement(1), width);
                Unsafe.WriteUnaligned(target, low | high << half);
                Unsafe.WriteUnaligned(target + 8, high >> 64 - half);
            }
            return target;
        }
        for (; groups > 0; groups--, values += 8) target = PackWide(values, width, target);
        return target;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong JoinBytes(ulong eight, int width)
    {
        var pairs = eight & Bytes | (eight >> 8 & Bytes) << width;
        var fours = pairs & Shorts | (pairs >> 16 & Shorts) << 2 * width;
        return fours & Ints | fours >> 32 << 4 * width;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong JoinShorts(ulong four, int width)
    {
        var pairs = four & Shorts | (four >> 16 & Shorts) << width;
        return pairs & Ints | pairs >> 32 << 2 * width;
    }

    private static byte* PackWide(uint* values, int width, byte* target)
    {
        ulong pending = 0;
        var bits = 0;
        for (var i = 0; i < 8; i++)
        {
            pending |= (ulong)values[i] << bits;
            bits += width;
            if (bits < 32) continue;
            Unsafe.WriteUnaligned(target, (uint)pending);
            target += 4;
            pending >>= 32;
            bits -= 32;
        }
        Unsafe.WriteUnaligned(target, (uint)pending);
        return target + bits / 8;
    }
}
