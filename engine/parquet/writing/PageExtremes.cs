using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>
/// Least and greatest byte string of a page, as places in the memory that holds the page's values. Most values are ruled out by their first
/// eight bytes as a big-endian number.
/// </summary>
internal unsafe struct PageExtremes
{
    internal long MinAt, MaxAt;
    internal int MinLength, MaxLength;
    internal bool Any, InDictionary;
    private ulong minPrefix, maxPrefix;

    /// <summary><paramref name="signFlip"/> is the sign bit for two's complement values, which sort as unsigned ones once it is turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(byte* start, long at, int length, ulong signFlip)
    {
        var prefix = Prefix(start + at, length) ^ signFlip;
        if (prefix > minPrefix && prefix < maxPrefix) return;
        AddSlow(start, at, length, prefix);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSlow(byte* start, long at, int length, ulong prefix)
    {
        if (!Any)
        {
            Any = true;
            (MinAt, MinLength, minPrefix) = (MaxAt, MaxLength, maxPrefix) = (at, length, prefix);
            return;
        }
        // Equal prefixes mean equal signs, so that the bytes as they are decide.
        if (prefix < minPrefix || (prefix == minPrefix && Order(start, at, length, MinAt, MinLength) < 0)) (MinAt, MinLength, minPrefix) = (at, length, prefix);
        if (prefix > maxPrefix || (prefix == maxPrefix && Order(start, at, length, MaxAt, MaxLength) > 0)) (MaxAt, MaxLength, maxPrefix) = (at, length, prefix);
    }

    private static int Order(byte* start, long a, int aLength, long b, int bLength) =>
        new ReadOnlySpan<byte>(start + a, aLength).SequenceCompareTo(new(start + b, bLength));

    /// <summary>Reads eight bytes whatever the length: the memory has slack behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Prefix(byte* value, int length)
    {
        if (length == 0) return 0;
        var prefix = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(value));
        return length >= 8 ? prefix : prefix & ~(ulong.MaxValue >> 8 * length);
    }
}
