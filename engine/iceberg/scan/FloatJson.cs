using System.Globalization;

namespace K2I.Iceberg;

/// <summary>
/// Floating point numbers in JSON as Java prints them: the fewest digits that read back the same, plain between 10^-3 and 10^7, else
/// <c>1.5E-7</c>; always with a digit after the point. Those that JSON lacks are strings.
/// </summary>
internal static class FloatJson
{
    internal static string Of(double value) => Of(value, value.ToString("E16", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture), !double.IsNormal(value), value.ToString("E1", CultureInfo.InvariantCulture));

    internal static string Of(float value) => Of(value, value.ToString("E8", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture), !float.IsNormal(value), value.ToString("E1", CultureInfo.InvariantCulture));

    private static string Of(double value, string exact, string shortest, bool special, string two)
    {
        if (double.IsNaN(value)) return "\"NaN\"";
        if (double.IsInfinity(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var (digits, exponent) = Parse(shortest, exact);
        if (special && digits.Length == 1) (digits, exponent) = Parse(two, two);
        var sign = value < 0 ? "-" : "";
        if (exponent is >= -3 and < 7)
        {
            if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
            var padded = digits.PadRight(exponent + 2, '0');
            return $"{sign}{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
        }
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent}");
    }

    /// <summary>The significant digits of a number's text, and the decimal exponent of the first.</summary>
    private static (string Digits, int Exponent) Parse(string text, string scientific)
    {
        var mark = scientific.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var end = text.IndexOf('E', StringComparison.Ordinal);
        var digits = (end < 0 ? text : text[..end]).Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        return (digits, exponent);
    }
}
