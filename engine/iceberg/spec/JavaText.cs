using System.Globalization;

namespace K2I.Iceberg;

/// <summary>Floating point numbers as Java prints them, so that partition folders are named as other engines name them: <c>-0.0</c>, <c>1.5</c>, <c>1.0E10</c>.</summary>
internal static class JavaText
{
    private const int FirstScientific = 7, LastScientific = -4;

    public static string Of(float value) => float.IsFinite(value)
        ? Layout(value.ToString("E8", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture), value.ToString("E1", CultureInfo.InvariantCulture))
        : value.ToString(CultureInfo.InvariantCulture);

    public static string Of(double value) => double.IsFinite(value)
        ? Layout(value.ToString("E16", CultureInfo.InvariantCulture), value.ToString("R", CultureInfo.InvariantCulture), value.ToString("E1", CultureInfo.InvariantCulture))
        : value.ToString(CultureInfo.InvariantCulture);

    /// <param name="scientific">Tells the exponent.</param>
    /// <param name="shortest">Tells the digits: the fewest that read back as the same number.</param>
    /// <param name="two">The nearest number of two digits: Java never prints fewer (<c>4.9E-324</c>).</param>
    private static string Layout(string scientific, string shortest, string two)
    {
        var sign = shortest.StartsWith('-') ? "-" : "";
        var mantissa = shortest.TrimStart('-').Split('E')[0];
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).Trim('0');
        if (digits.Length == 0) return sign + "0.0";
        var exponent = int.Parse(scientific[(scientific.IndexOf('E', StringComparison.Ordinal) + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is >= FirstScientific or <= LastScientific)
        {
            if (digits.Length == 1) digits = two.TrimStart('-')[..3].Replace(".", "", StringComparison.Ordinal);
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}.{digits[1..]}E{exponent}");
        }
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        var whole = digits.PadRight(exponent + 1, '0');
        return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }
}
