using System.Globalization;

namespace K2I.Base;

/// <summary>Sizes and times as people write them: <c>64MiB</c>, <c>10MB</c>, <c>30s</c>, <c>1h30m</c>, <c>250ms</c>. A size without a unit is bytes; a time needs one.</summary>
public static class Units
{
    private static readonly (string Unit, long Factor)[] Sizes =
    [
        ("b", 1), ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("tib", 1L << 40),
        ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000),
        ("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30),
    ];

    private static readonly (string Unit, long Ms)[] Times =
    [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ];

    /// <summary>Reads a size in bytes: digits (with an optional fraction), then an optional unit.</summary>
    public static bool TryParseBytes(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        if (!TrySplit(text, out var number, out var unit, out var rest) || !rest.IsEmpty) return false;
        if (unit.IsEmpty) return TryScale(number, 1, out bytes);
        foreach (var (name, factor) in Sizes)
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) return TryScale(number, factor, out bytes);
        return false;
    }

    /// <summary>Reads a time in milliseconds: one or more number-unit pairs (<c>1h30m</c>), or a bare 0.</summary>
    public static bool TryParseMs(ReadOnlySpan<char> text, out long ms)
    {
        ms = 0;
        text = text.Trim();
        if (text is "0") return true;
        if (text.IsEmpty) return false;
        while (!text.IsEmpty)
        {
            if (!TrySplit(text, out var number, out var unit, out var rest)) return false;
            long factor = 0;
            foreach (var (name, value) in Times)
                if (unit.Equals(name, StringComparison.OrdinalIgnoreCase)) factor = value;
            if (factor == 0 || !TryScale(number, factor, out var part) || ms > long.MaxValue - part) return false;
            ms += part;
            text = rest;
        }
        return true;
    }

    /// <summary>Writes bytes with the largest binary unit that keeps three digits: <c>1.5 MiB</c>.</summary>
    public static string FormatBytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 100 ? Math.Round(value) : Math.Round(value, 1))} {units[unit]}");
    }

    /// <summary>Writes a time as it is read, in the largest unit that leaves no rest: <c>5d</c>, <c>90m</c>, <c>250ms</c>.</summary>
    public static string FormatMs(long ms)
    {
        foreach (var (unit, factor) in (ReadOnlySpan<(string, long)>)[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)])
            if (ms > 0 && ms % factor == 0) return string.Create(CultureInfo.InvariantCulture, $"{ms / factor}{unit}");
        return ms % 1_000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1_000}s")
            : string.Create(CultureInfo.InvariantCulture, $"{ms}ms");
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> number, out ReadOnlySpan<char> unit, out ReadOnlySpan<char> rest)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        var letters = digits;
        while (letters < text.Length && text[letters] == ' ') letters++;
        var start = letters;
        while (letters < text.Length && char.IsAsciiLetter(text[letters])) letters++;
        number = text[..digits];
        unit = text[start..letters];
        rest = text[letters..];
        return digits > 0;
    }

    private static bool TryScale(ReadOnlySpan<char> number, long factor, out long value)
    {
        value = 0;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed)) return false;
        if (parsed > long.MaxValue / factor) return false;
        var scaled = parsed * factor;
        if (scaled != decimal.Truncate(scaled)) return false;
        value = (long)scaled;
        return true;
    }
}
