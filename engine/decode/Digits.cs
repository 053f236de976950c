using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Decode;

/// <summary>Runs of ASCII digits, eight at a time in a general register.</summary>
internal static unsafe class Digits
{
    private static ReadOnlySpan<ulong> Powers =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>10 to the <paramref name="exponent"/>, 0 to 19.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Power(int exponent) => Powers[exponent];

    /// <summary>Ten to the power of up to 38. A control path.</summary>
    internal static Int128 LargePower(int exponent)
    {
        Int128 power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Is(byte c) => (uint)(c - '0') <= 9;

    /// <summary>Digits that the eight bytes begin with, the first in the low byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Count(ulong chunk)
    {
        // Borrows and carries run towards later characters only, so the first flagged byte is right.
        var others = ((chunk + 0x4646464646464646) | (chunk - 0x3030303030303030)) & 0x8080808080808080;
        return BitOperations.TrailingZeroCount(others) >> 3;
    }

    /// <summary>The number that the first <paramref name="count"/> (1 to 8) bytes, all digits, stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Value(ulong chunk, int count)
    {
        chunk = (chunk - 0x3030303030303030) << ((8 - count) * 8);
        chunk = (chunk * 10) + (chunk >> 8);
        return (((chunk & 0x000000FF000000FF) * 0x000F424000000064) + (((chunk >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
    }

    /// <summary>
    /// Reads the digits at <paramref name="p"/>, which may be none, up to 19 of them; returns the first byte after. Where 20 or more stand there the
    /// returned byte is a digit. Eight readable bytes must follow the digits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Read(byte* p, out ulong value)
    {
        var chunk = Unsafe.ReadUnaligned<ulong>(p);
        var count = Count(chunk);
        value = count == 0 ? 0 : Value(chunk, count);
        return count < 8 ? p + count : ReadMore(p + 8, ref value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* ReadMore(byte* p, ref ulong value)
    {
        var chunk = Unsafe.ReadUnaligned<ulong>(p);
        var count = Count(chunk);
        if (count == 0) return p;
        value = (value * Power(count)) + Value(chunk, count);
        if (count < 8) return p + count;
        p += 8;
        for (var left = 3; left > 0 && Is(*p); left--, p++) value = (value * 10) + (uint)(*p - '0');
        return p;
    }
}
