using System.Runtime.CompilerServices;

namespace K2I.Decode;

/// <summary>A JSON number's text taken apart, and its exact value at a given scale: no rounding by way of floating point.</summary>
internal unsafe ref struct JsonNumber
{
    private const int ExponentCap = 100_000_000;

    private byte* whole, wholeEnd, fraction, fractionEnd;
    private int exponent;

    internal bool Negative { get; private set; }

    /// <summary>Reads the number at <paramref name="p"/> by the grammar of RFC 8259, section 6; returns the first byte after it, or null.</summary>
    internal static byte* Read(byte* p, out JsonNumber number)
    {
        number = default;
        if (*p == '-')
        {
            number.Negative = true;
            p++;
        }
        number.whole = p;
        while (Digits.Is(*p)) p++;
        number.wholeEnd = number.fraction = number.fractionEnd = p;
        if (p == number.whole || (*number.whole == '0' && p - number.whole > 1)) return null;
        if (*p == '.')
        {
            number.fraction = ++p;
            while (Digits.Is(*p)) p++;
            number.fractionEnd = p;
            if (p == number.fraction) return null;
        }
        return *p is (byte)'e' or (byte)'E' ? ReadExponent(p + 1, ref number) : p;
    }

    /// <summary>
    /// The value times ten to the <paramref name="scale"/>. Inexact where digits would be lost, unless <paramref name="floor"/> asks for the next lower
    /// whole number; Overflow beyond 38 digits.
    /// </summary>
    internal readonly DecodeStatus Scaled(int scale, bool floor, out Int128 value)
    {
        value = 0;
        var first = whole;
        while (first < wholeEnd && *first == '0') first++;
        var last = fractionEnd;
        while (last > fraction && last[-1] == '0') last--;
        var fractionDigits = (int)(last - fraction);
        if (fractionDigits == 0) last = wholeEnd;
        var leading = (int)(wholeEnd - first);
        if (leading == 0)
        {
            if (fractionDigits == 0) return DecodeStatus.Ok;
            first = fraction;
            while (*first == '0') first++;
        }
        var digits = leading == 0 ? (int)(last - first) : leading + fractionDigits;
        long shift = (long)exponent - fractionDigits + scale;
        if (fractionDigits == 0)
        {
            while (last[-1] == '0')
            {
                last--;
                digits--;
                shift++;
            }
        }
        long kept = digits;
        if (shift < 0)
        {
            if (!floor) return DecodeStatus.Inexact;
            kept = Math.Max(0, digits + shift);
        }
        if (kept + Math.Max(shift, 0) > 38) return DecodeStatus.Overflow;
        for (var p = first; kept > 0; p++)
        {
            if (*p == '.') continue;
            value = (value * 10) + (*p - '0');
            kept--;
        }
        for (; shift > 0; shift--) value *= 10;
        if (Negative) value = shift < 0 ? -value - 1 : -value;
        return DecodeStatus.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* ReadExponent(byte* p, ref JsonNumber number)
    {
        var negative = *p == '-';
        if (*p is (byte)'-' or (byte)'+') p++;
        var digits = p;
        var exponent = 0;
        for (; Digits.Is(*p); p++) exponent = Math.Min((exponent * 10) + (*p - '0'), ExponentCap);
        if (p == digits) return null;
        number.exponent = negative ? -exponent : exponent;
        return p;
    }
}
