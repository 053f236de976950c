using System.Globalization;
using System.Text;

namespace K2I.Decode;

/// <summary>
/// Names out of records and tables, fit for a message: cut where they are long, signs that print nothing as <c>\u</c> escapes.
/// </summary>
internal static class ShownName
{
    private const int Longest = 100, LongestRuneBytes = 4;

    internal static string Of(ReadOnlySpan<byte> utf8) =>
        Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, (Longest + 1) * LongestRuneBytes)]));

    internal static string Of(string name)
    {
        var shown = new StringBuilder();
        var count = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (count++ == Longest) return shown.Append('…').ToString();
            if (PrintsNothing(rune)) shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else shown.Append(rune.ToString());
        }
        return shown.ToString();
    }

    private static bool PrintsNothing(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
