using System.Globalization;
using System.Numerics;

namespace K2I.Iceberg;

/// <summary>
/// Floating point numbers in JSON as Java prints them: the fewest digits that read back the same, plain between 10^-3 and 10^7, else
/// <c>1.5E-7</c>; always with a digit after the point. Those that JSON lacks are strings.
/// </summary>
internal static class FloatJson
{
    /// <summary>Room for any number: sign, digits, point and exponent.</summary>
    internal const int MostBytes = 40;

    /// <summary>Writes the number as ASCII. Returns how many bytes.</summary>
    internal static int Write<T>(T value, Span<byte> to)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (T.IsNaN(value)) return Copy("\"NaN\""u8, to);
        if (T.IsInfinity(value)) return Copy(T.IsNegative(value) ? "\"-Infinity\""u8 : "\"Infinity\""u8, to);
        if (T.IsZero(value)) return Copy(T.IsNegative(value) ? "-0.0"u8 : "0.0"u8, to);
        Span<byte> room = stackalloc byte[MostBytes];
        var digits = Digits(value, "R", room, out var exponent);
        if (T.IsSubnormal(value) && digits.Length == 1) digits = Digits(value, "E1", room, out exponent);
        var at = 0;
        if (T.IsNegative(value)) to[at++] = (byte)'-';
        if (exponent is < -3 or >= 7)
        {
            at += Plain(digits, 0, to[at..]);
            to[at++] = (byte)'E';
            exponent.TryFormat(to[at..], out var written, default, CultureInfo.InvariantCulture);
            return at + written;
        }
        return at + Plain(digits, exponent, to[at..]);
    }

    /// <summary>Digits with a point, the first of them being worth so many powers of ten.</summary>
    private static int Plain(ReadOnlySpan<byte> digits, int exponent, Span<byte> to)
    {
        var at = 0;
        for (var power = Math.Max(exponent, 0); power >= Math.Min(-1, exponent - digits.Length + 1); power--)
        {
            if (power == -1) to[at++] = (byte)'.';
            var digit = exponent - power;
            to[at++] = digit >= 0 && digit < digits.Length ? digits[digit] : (byte)'0';
        }
        return at;
    }

    /// <summary>The significant digits of a number in a format, and the power of ten of the first.</summary>
    private static Span<byte> Digits<T>(T value, string format, Span<byte> room, out int exponent)
        where T : IBinaryFloatingPointIeee754<T>
    {
        value.TryFormat(room, out var length, format, CultureInfo.InvariantCulture);
        var (count, whole, zeros) = (0, -1, 0);
        exponent = 0;
        for (var i = 0; i < length; i++)
        {
            if (room[i] == (byte)'E')
            {
                exponent = int.Parse(room[(i + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            if (room[i] == (byte)'.') whole = zeros + count;
            else if (room[i] == (byte)'0' && count == 0) zeros++;
            else if (room[i] != (byte)'-') room[count++] = room[i];
        }
        if (whole < 0) whole = zeros + count;
        exponent += whole - zeros - 1;
        return room[..count].TrimEnd((byte)'0');
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        text.CopyTo(to);
        return text.Length;
    }
}
