using System.Globalization;
using K2I.Base;

namespace K2I.Cli.Config;

/// <summary>Reads a section's values as what their keys say they are, the default where nothing is set. Reports what is wrong and goes on with the default.</summary>
internal sealed class ValueReader(string sectionName, SettingSection? section, Place sourcePlace, Problems problems)
{
    private const int LongestShown = 60;

    public bool Has(ConfigKey key) => section?[key.Name] is not null;

    /// <summary>The key is set to something else than its default.</summary>
    public bool Changes(ConfigKey key) => Setting(key) is { } setting && setting.Text != key.Default;

    public Setting? Setting(ConfigKey key) => section?[key.Name];

    /// <summary>Null only for a key without default (required ones are reported).</summary>
    public string? Text(ConfigKey key)
    {
        if (section?[key.Name] is not { } setting)
        {
            if (key.Required) Missing(key);
            return key.Default;
        }
        if (setting.Text.Length > 0) return setting.Text;
        Bad(key, setting.Expanded ? null : "without a value a key is left out or commented");
        return key.Default;
    }

    public long Bytes(ConfigKey key, long min, long max) =>
        Number(key, min, max, (string text, out long value) => Units.TryParseBytes(text, out value), Units.FormatBytes, "units: B, KiB, MiB, GiB, KB, MB, GB");

    public long Ms(ConfigKey key, long min, long max) =>
        Number(key, min, max, (string text, out long value) => Units.TryParseMs(text, out value), Units.FormatMs, "units: ms, s, m, h, d");

    public long Count(ConfigKey key, long min, long max) =>
        Number(key, min, max, (string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value), n => n.ToString(CultureInfo.InvariantCulture), null);

    /// <summary>A count, or what <c>auto</c> stands for.</summary>
    public int CountOrAuto(ConfigKey key, int min, int max, int auto)
    {
        var text = Text(key);
        if (text is null or "auto") return auto;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= min
            && count <= max) return count;
        if (text.Length > 0) Bad(key, Nearest.Hint(text, ["auto"]), expected: $"auto or {min} to {max}");
        return auto;
    }

    public bool Flag(ConfigKey key)
    {
        var text = Text(key);
        if (text is "true" or "false") return text == "true";
        if (!string.IsNullOrEmpty(text)) Bad(key, text is "yes" or "on" or "1" ? "did you mean 'true'?" : text is "no" or "off" or "0" ? "did you mean 'false'?" : null);
        return key.Default == "true";
    }

    /// <summary>The index of the chosen word.</summary>
    public int Choice(ConfigKey key)
    {
        var text = Text(key);
        var index = Array.IndexOf(key.Choices, text);
        if (index < 0 && !string.IsNullOrEmpty(text)) Bad(key, Nearest.Hint(text, key.Choices));
        return Math.Max(0, index);
    }

    /// <summary>Reports that a key should be set.</summary>
    public void Missing(ConfigKey key, string? hint = null) => problems.Add(section?.Place ?? sourcePlace, $"[{sectionName}] {key.Name}: expected {key.Expected}, found nothing", hint);

    /// <summary>Reports that the value is not what its key expects.</summary>
    public void Bad(ConfigKey key, string? hint = null, int offset = 0, string? expected = null)
    {
        if (Setting(key) is { } setting)
            problems.Add(setting.PlaceAt(offset), $"[{sectionName}] {key.Name}: expected {expected ?? key.Expected}, found {Found(key, setting)}", hint);
    }

    /// <summary>Reports a problem with a key that is set, in words of its own; <paramref name="offset"/>: where in its value, or null.</summary>
    public void Wrong(ConfigKey key, string message, string? hint = null, int? offset = null)
    {
        var setting = Setting(key);
        var place = (offset is { } at ? setting?.PlaceAt(at) : setting?.KeyPlace) ?? section?.Place ?? sourcePlace;
        problems.Add(place, $"[{sectionName}] {key.Name}: {message}", hint);
    }

    private delegate bool Parser(string text, out long value);

    private long Number(ConfigKey key, long min, long max, Parser parse, Func<long, string> format, string? units)
    {
        var text = Text(key);
        if (text is not null && parse(text, out var value))
        {
            if (value >= min && value <= max) return value;
            Bad(key, expected: $"{format(min)} to {format(max)}");
        }
        else if (!string.IsNullOrEmpty(text))
        {
            Bad(key, units);
        }
        return key.Default is not null && parse(key.Default, out var usual) ? usual : min;
    }

    /// <summary>What the file says, fit to print: never a secret, nor what the environment or another file holds.</summary>
    private static string Found(ConfigKey key, Setting setting)
    {
        if (key.Secret) return Redactor.Mask;
        if (setting.Text.Length == 0) return setting.Expanded ? $"nothing (from '{setting.Template}')" : "nothing";
        var shown = setting.Expanded ? setting.Template : setting.Text;
        var text = shown.Length > LongestShown ? shown[..LongestShown] + "…" : shown;
        return $"'{string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))}'";
    }
}
