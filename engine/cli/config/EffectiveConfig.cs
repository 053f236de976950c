using System.Text.Json;

namespace K2I.Cli.Config;

/// <summary>The configuration in force, as a file that could be used again. Secrets are masked; what the environment or files gave is shown as <c>${…}</c>.</summary>
internal static class EffectiveConfig
{
    public static void Write(LoadedConfig config, TextWriter output)
    {
        foreach (var (section, rows) in Sections(config))
        {
            output.WriteLine($"[{section}]");
            foreach (var (key, value, place) in rows) output.WriteLine(place is null ? $"{key} = {IniText.Quoted(value)}" : $"{key} = {IniText.Quoted(value)}  ; {place}");
            output.WriteLine();
        }
    }

    public static void Write(LoadedConfig config, Utf8JsonWriter json)
    {
        json.WriteStartObject("config");
        foreach (var (section, rows) in Sections(config))
        {
            json.WriteStartObject(section);
            foreach (var (key, value, _) in rows) json.WriteString(key, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Sections and rows in the order of the documentation, with defaults; <c>Place</c> is null for them.</summary>
    private static IEnumerable<(string Section, List<(string Key, string Value, string? Place)> Rows)> Sections(LoadedConfig config)
    {
        foreach (var kind in Keys.Sections)
        {
            var sections = config.Sections.Where(s => s.Kind == kind).ToList();
            if (sections.Count == 0 && kind != "table") sections.Add(new SettingSection(kind, default));
            foreach (var section in sections)
            {
                var rows = new List<(string, string, string?)>();
                foreach (var key in Keys.All.Where(k => k.Section == kind))
                {
                    if (section[key.Name] is { } setting) rows.Add((key.Name, Shown(kind, setting, config.Redactor), setting.KeyPlace.ToString()));
                    else if (key.Default is not null) rows.Add((key.Name, key.Default, null));
                }
                foreach (var setting in section.All.Where(s => !Keys.NamesIn(kind).Contains(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal))
                    rows.Add((setting.Key, Shown(kind, setting, config.Redactor), setting.KeyPlace.ToString()));
                yield return (section.Name, rows);
            }
        }
    }

    private static string Shown(string kind, Setting setting, Redactor redactor)
    {
        if (KnownKeys.IsSecret(kind, setting.Key)) return Redactor.Mask;
        var written = setting.Quoting == Quoting.Single && !KnownKeys.IsVerbatim(kind, setting.Key)
            ? setting.Template.Replace("${", "$${", StringComparison.Ordinal) : setting.Template;
        return redactor.Scrub(written);
    }
}
