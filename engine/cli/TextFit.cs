using System.Globalization;
using System.Text;

namespace K2I.Cli;

/// <summary>Text as a terminal shows it: how many columns of the screen it takes, and where it is broken into lines. Names from outside must not move the cursor.</summary>
internal static class TextFit
{
    /// <summary>Ranges of code points that take two columns: East Asian scripts and most symbols that are pictures.</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F300, 0x1F64F), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    /// <summary>The columns of the screen that a text without control characters takes.</summary>
    public static int WidthOf(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += WidthOf(rune);
        return width;
    }

    /// <summary>Control characters become blanks.</summary>
    public static string Clean(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    /// <summary>Lines of at most so many columns: broken at a comma or blank, else after a part of a path, else where the line ends.</summary>
    public static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        while (WidthOf(text) > width)
        {
            var end = Fitting(text, width);
            if (end == text.Length) break;
            var at = BreakIn(text.AsSpan(0, end + (text[end] == ' ' ? 1 : 0)));
            if (at == 0) at = end;
            lines.Add(text[..at].TrimEnd(' '));
            text = text[at..].TrimStart(' ');
        }
        lines.Add(text);
        return lines;
    }

    /// <summary>Blanks added up to a width.</summary>
    public static string Pad(string text, int width, bool right)
    {
        var blanks = new string(' ', Math.Max(0, width - WidthOf(text)));
        return right ? blanks + text : text + blanks;
    }

    /// <summary>The characters of the longest start that fits; one code point at least.</summary>
    private static int Fitting(string text, int width)
    {
        var (end, taken) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            taken += WidthOf(rune);
            if (taken > width && end > 0) break;
            end += rune.Utf16SequenceLength;
        }
        return end;
    }

    /// <summary>Where a line is best broken, as the start of the next; 0 if nowhere. A list is rather broken between its entries than in one, if that leaves no short line.</summary>
    private static int BreakIn(ReadOnlySpan<char> line)
    {
        var list = line.LastIndexOf(", ") + 2;
        if (list > 1 && list >= line.Length / 2) return list;
        var blank = line.LastIndexOf(' ') + 1;
        return blank > 0 ? blank : line.LastIndexOfAny("/,;") + 1;
    }

    private static int WidthOf(Rune rune)
    {
        if (rune.IsAscii) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
        foreach (var (first, last) in Wide)
            if (rune.Value >= first && rune.Value <= last) return 2;
        return 1;
    }
}
