using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Decode;

/// <summary>
/// Decimal text to the nearest float or double, ties to even: a division where both numbers are exact, else the method of Eisel and Lemire for numbers of up to 19 digits times ten to the -27 to 55,
/// which are nearly all there are. For others readers return null and the caller asks the runtime.
/// </summary>
internal static unsafe class FloatText
{
    /// <summary>Powers of ten that a double holds exactly: an exact number divided by one is rounded once (Clinger).</summary>
    private static ReadOnlySpan<double> Tens =>
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    internal static byte* Read(byte* p, out double value)
    {
        value = 0;
        p = Mantissa(p, out var mantissa, out var power, out var negative);
        if (p == null) return null;
        if (mantissa <= 1UL << 53 && power is >= -22 and <= 0) value = (long)mantissa / Tens[-power];
        else if (Nearest(mantissa, power, 52, -1023, 0x7FF, -4, 23, out var bits)) value = BitConverter.UInt64BitsToDouble(bits);
        else return null;
        if (negative) value = -value;
        return p;
    }

    internal static byte* Read(byte* p, out float value)
    {
        value = 0;
        p = Mantissa(p, out var mantissa, out var power, out var negative);
        if (p == null || !Nearest(mantissa, power, 23, -127, 0xFF, -17, 10, out var bits)) return null;
        value = BitConverter.UInt32BitsToSingle((uint)bits);
        if (negative) value = -value;
        return p;
    }

    /// <summary>A number of at most 19 digits as digits times a power of ten, without sign; null for any other text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Mantissa(byte* p, out ulong mantissa, out int power) => Mantissa(p, out mantissa, out power, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Mantissa(byte* p, out ulong mantissa, out int power, out bool negative)
    {
        power = 0;
        negative = *p == '-';
        if (negative) p++;
        var digits = p;
        p = Digits.Read(p, out mantissa);
        var count = p - digits;
        if (count == 0 || (*digits == '0' && count > 1) || Digits.Is(*p)) return null;
        if (*p == '.')
        {
            var point = ++p;
            p = Digits.Read(p, out var fraction);
            var places = (int)(p - point);
            if (places == 0 || Digits.Is(*p) || count + places - (*digits == '0' ? 1 : 0) > 19) return null;
            mantissa = (mantissa * Digits.Power(places)) + fraction;
            power = -places;
        }
        return *p is (byte)'e' or (byte)'E' ? Exponent(p + 1, ref power) : p;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* Exponent(byte* p, ref int power)
    {
        var negative = *p == '-';
        if (*p is (byte)'-' or (byte)'+') p++;
        var digits = p;
        var exponent = 0;
        for (; Digits.Is(*p) && p - digits < 4; p++) exponent = (exponent * 10) + (*p - '0');
        if (p == digits || Digits.Is(*p)) return null;
        power += negative ? -exponent : exponent;
        return p;
    }

    /// <summary>
    /// The bits of the nearest number with that many mantissa bits; false where the method cannot tell or the number is not a normal one. The last
    /// two limits are the powers between which a tie can occur.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Nearest(ulong mantissa, int power, int bitCount, int minExponent, int maxExponent, int tieFrom, int tieTo, out ulong bits)
    {
        bits = 0;
        if (mantissa == 0) return true;
        if (power is < FivePowers.Lowest or > FivePowers.Highest) return false;
        var zeros = BitOperations.LeadingZeroCount(mantissa);
        mantissa <<= zeros;
        var five = (power - FivePowers.Lowest) * 2;
        var high = Math.BigMul(mantissa, FivePowers.Halves[five], out var low);
        var unsure = ulong.MaxValue >> (bitCount + 3);
        if ((high & unsure) == unsure)
        {
            var second = Math.BigMul(mantissa, FivePowers.Halves[five + 1], out _);
            low += second;
            if (second > low) high++;
        }
        var upper = (int)(high >> 63);
        var shift = upper + 64 - bitCount - 3;
        bits = high >> shift;
        var exponent = ((217706 * power) >> 16) + 63 + upper - zeros - minExponent;
        if (exponent <= 0) return false;
        if (low <= 1 && power >= tieFrom && power <= tieTo && (bits & 3) == 1 && bits << shift == high) bits &= ~1UL;
        bits = (bits + (bits & 1)) >> 1;
        if (bits >= 2UL << bitCount)
        {
            bits = 1UL << bitCount;
            exponent++;
        }
        if (exponent >= maxExponent) return false;
        bits = (bits & ~(1UL << bitCount)) | ((ulong)exponent << bitCount);
        return true;
    }
}
