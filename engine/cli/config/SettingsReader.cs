using System.Text;

namespace K2I.Cli.Config;

/// <summary>Puts the effective settings together: reads the file, lays environment and options over it, expands <c>${…}</c>. Knows sections and keys, not what values mean.</summary>
internal sealed class SettingsReader(ConfigSources sources, Problems problems, Redactor redactor)
{
    private const int LargestFile = 1 << 20;

    private readonly Expander expander = new(sources.Environment, redactor);
    private readonly List<SettingSection> sections = [];

    /// <summary>What messages call the file.</summary>
    public string SourceName { get; private set; } = sources.Path switch { null => "k2i.ini", "-" => "<stdin>", var path => path };

    /// <summary>The file was asked for and could not be read.</summary>
    public bool FileFailed { get; private set; }

    public List<SettingSection> Read()
    {
        var text = FileText();
        FileFailed = text is null && problems.Any;
        if (text is not null) AddFile(IniReader.Read(text, SourceName, problems));
        foreach (var (name, value) in sources.Environment.OrderBy(v => v.Key, StringComparer.Ordinal)) AddVariable(name, value);
        foreach (var set in sources.Sets) AddOption(set);
        return sections;
    }

    private string? FileText()
    {
        var place = new Place(SourceName);
        try
        {
            if (sources.Path is null && !File.Exists(ConfigSources.DefaultPath))
            {
                if (!sources.Sets.Any() && !sources.Environment.Keys.Any(k => k.StartsWith("K2I_TABLE_", StringComparison.Ordinal)))
                    problems.Add(place, "no such file", "`k2i init` writes one, --config FILE names another");
                return null;
            }
            using var stream = sources.Path == "-" ? sources.Input ?? Stream.Null : File.OpenRead(sources.Path ?? ConfigSources.DefaultPath);
            var bytes = new byte[LargestFile + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > LargestFile)
            {
                problems.Add(place, "expected at most 1 MiB");
                return null;
            }
            var content = bytes.AsSpan(0, length);
            if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[Encoding.UTF8.Preamble.Length..];
            return Decode(content);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(place, "no such file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(place, $"cannot be read: {error.Message}");
        }
        return null;
    }

    private string? Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException error)
        {
            var before = content[..Math.Clamp(error.Index, 0, content.Length)];
            problems.Add(new Place(SourceName, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n')), "expected UTF-8 text");
            return null;
        }
    }

    private void AddFile(List<IniSection> file)
    {
        foreach (var section in file)
        {
            if (!IsKnownSection(section.Name))
            {
                problems.Add(section.Place, $"unknown section [{section.Name}]", SectionHint(section.Name));
                continue;
            }
            var settings = new SettingSection(section.Name, section.Place);
            sections.Add(settings);
            foreach (var entry in section.Entries) Add(settings, entry.Key, entry.Value, entry.Quoting, entry.KeyPlace, entry.ValuePlace);
        }
    }

    private void Add(SettingSection section, string key, string template, Quoting quoting, Place keyPlace, Place valuePlace)
    {
        if (!KnownKeys.Has(section.Kind, key))
        {
            problems.Add(keyPlace, $"unknown key '{key}' in [{section.Name}]", KnownKeys.Hint(section.Kind, key));
            return;
        }
        var text = template;
        if (quoting != Quoting.Single && !KnownKeys.IsVerbatim(section.Kind, key))
        {
            var expanded = expander.Expand(template, out var error);
            if (expanded is null)
            {
                problems.Add(valuePlace, $"[{section.Name}] {key}: {error}");
                return;
            }
            text = expanded;
        }
        if (KnownKeys.IsSecret(section.Kind, key)) redactor.Add(text);
        section.Set(new Setting(key, template, text, quoting, keyPlace, valuePlace));
    }

    private void AddVariable(string name, string value)
    {
        const string prefix = "K2I_";
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return;
        var rest = name[prefix.Length..];
        var place = new Place(name);
        var word = rest.Split('_')[0].ToLowerInvariant();
        if (!Keys.Sections.Contains(word))
        {
            // Variables with the prefix may serve other purposes; one that is nearly a setting should not be passed over.
            if (rest.Contains('_', StringComparison.Ordinal) && Nearest.To(word, Keys.Sections) is { } near)
                problems.Add(place, $"no section '{word}' to set", $"did you mean K2I_{near.ToUpperInvariant()}_…?");
            return;
        }
        var tail = rest.Length > word.Length ? rest[(word.Length + 1)..] : "";
        if (word == "table")
        {
            if (TableVariable(tail) is var (table, key)) Add(SectionOf(table, place), key, value, Quoting.Single, place, place);
            else problems.Add(place, "expected K2I_TABLE_<NAME>_<KEY>", VariableHint("table", tail));
            return;
        }
        var match = KnownKeys.In(word).FirstOrDefault(k => KnownKeys.InEnvironment(k) == tail);
        if (match is null) problems.Add(place, $"no key of [{word}] has this name", VariableHint(word, tail));
        else Add(SectionOf(word, place), match, value, Quoting.Single, place, place);
    }

    /// <summary>Section and key of <c>K2I_TABLE_…</c>: the longest table name there is, else the longest key that fits.</summary>
    private (string Section, string Key)? TableVariable(string tail)
    {
        foreach (var section in sections.Where(s => s.IsTable).OrderByDescending(s => s.TableName.Length))
        {
            var start = KnownKeys.InEnvironment(section.TableName) + "_";
            if (!tail.StartsWith(start, StringComparison.Ordinal)) continue;
            if (KnownKeys.In("table").FirstOrDefault(k => KnownKeys.InEnvironment(k) == tail[start.Length..]) is { } key) return (section.Name, key);
        }
        foreach (var key in KnownKeys.In("table").OrderByDescending(k => k.Length))
        {
            var end = "_" + KnownKeys.InEnvironment(key);
            if (tail.Length > end.Length && tail.EndsWith(end, StringComparison.Ordinal)) return ("table." + tail[..^end.Length].ToLowerInvariant(), key);
        }
        return null;
    }

    private static string? VariableHint(string kind, string tail) =>
        kind != "table" && Nearest.To(tail, KnownKeys.In(kind).Select(KnownKeys.InEnvironment)) is { } near ? $"did you mean K2I_{kind.ToUpperInvariant()}_{near}?" : null;

    private void AddOption(string set)
    {
        var equals = set.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? "" : set[..equals].Trim();
        var place = new Place(equals < 0 ? "--set" : "--set " + path);
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == path.Length - 1)
        {
            problems.Add(place, "expected section.key=value");
            return;
        }
        var (section, key) = path.StartsWith("table.", StringComparison.Ordinal) ? TablePath(path) : (path[..dot], path[(dot + 1)..]);
        if (!IsKnownSection(section))
        {
            problems.Add(place, $"unknown section [{section}]", SectionHint(section));
            return;
        }
        Add(SectionOf(section, place), key, set[(equals + 1)..].Trim(), Quoting.Bare, place, place);
    }

    /// <summary>Table names and keys both hold dots: the longest table name there is wins, else the longest key that fits, else the last dot.</summary>
    private (string Section, string Key) TablePath(string path)
    {
        var known = sections.Where(s => s.IsTable && path.StartsWith(s.Name + ".", StringComparison.Ordinal)).MaxBy(s => s.Name.Length);
        if (known is not null) return (known.Name, path[(known.Name.Length + 1)..]);
        for (var dot = path.IndexOf('.', "table.".Length); dot >= 0; dot = path.IndexOf('.', dot + 1))
            if (KnownKeys.Has("table", path[(dot + 1)..])) return (path[..dot], path[(dot + 1)..]);
        var last = path.LastIndexOf('.');
        return (path[..last], path[(last + 1)..]);
    }

    private SettingSection SectionOf(string name, Place place)
    {
        var section = sections.Find(s => s.Name == name);
        if (section is null) sections.Add(section = new SettingSection(name, place));
        return section;
    }

    private static bool IsKnownSection(string name) =>
        name.StartsWith("table.", StringComparison.Ordinal) ? name.Length > "table.".Length : name != "table" && Keys.Sections.Contains(name);

    private static string? SectionHint(string name)
    {
        if (name is "table" or "tables" || name.StartsWith("tables.", StringComparison.Ordinal) || name.StartsWith("topic", StringComparison.Ordinal))
            return "did you mean [table.NAME]?";
        var near = Nearest.To(name.Split('.')[0], Keys.Sections);
        return near is null ? $"there are {string.Join(", ", Keys.Sections.Select(s => s == "table" ? "[table.NAME]" : $"[{s}]"))}" : $"did you mean [{(near == "table" ? "table.NAME" : near)}]?";
    }
}
