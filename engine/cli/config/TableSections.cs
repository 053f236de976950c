using System.Collections.Immutable;
using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>
/// Tells the <c>[table.NAME]</c> sections apart: a table; with <c>table = …</c> a template, which makes a table of each topic that it
/// matches; without <c>topics</c>, where there are templates, what one of their tables is like instead.
/// </summary>
internal sealed class TableSections(List<SettingSection> sections, Place source, TableOptions defaults, IcebergOptions iceberg,
    Problems problems)
{
    private readonly Dictionary<string, SettingSection> places = new(StringComparer.Ordinal);

    public ImmutableArray<TableOptions> Tables { get; private set; } = [];

    public ImmutableArray<TableTemplate> Templates { get; private set; } = [];

    public void Bind()
    {
        var templates = sections.Where(s => s.IsTable && s[Keys.TableName.Name] is not null && s[Keys.RouteBy.Name] is null).ToList();
        var overrides = sections.Where(s => s.IsTable && templates.Count > 0 && s[Keys.TableName.Name] is null
            && s[Keys.Topics.Name] is null).ToList();
        var tables = sections.Where(s => s.IsTable && !templates.Contains(s) && !overrides.Contains(s)).ToList();
        Tables = [.. tables.Select(BindTable)];
        CheckDeadLetterTables();
        foreach (var section in overrides) CheckOverride(section);
        Templates = [.. templates.Select(t => BindTemplate(t, overrides))];
        if (Tables.IsEmpty && Templates.IsEmpty) problems.Add(source, "expected at least one [table.NAME] section, found none");
    }

    /// <summary>There is no registry: tables whose records name schemas need a file that has theirs.</summary>
    public void RequireSchemas()
    {
        foreach (var section in sections.Where(s => s.IsTable && s[Keys.WriterSchema.Name] is null))
            if (section[Keys.Format.Name] is { Text: "avro" or "protobuf" or "json_schema" } format)
                problems.Add(format.ValuePlace, $"[{section.Name}] format: records name schemas, and there is no [registry]",
                    "add [registry] with url, or schema = FILE here");
        foreach (var section in sections.Where(s => s.IsTable && s[Keys.KeySchema.Name] is null))
            if (section[Keys.KeyFormat.Name] is { Text: "avro" or "protobuf" } format
                && section[Keys.KeyColumns.Name] is not { Text: "none" })
                problems.Add(format.ValuePlace, $"[{section.Name}] key_format: keys name schemas, and there is no [registry]",
                    "add [registry] with url, or key_schema = FILE here");
    }

    private TableOptions BindTable(SettingSection section)
    {
        if (!Names.IsDotted(section.TableName))
            problems.Add(section.Place,
                $"[{section.Name}]: expected a table name of a-z, 0-9 and _, with its namespace before a dot, found '{section.TableName}'");
        CheckPlace(section);
        if (section[Keys.RouteBy.Name] is not null) return Binder(section).Bind() with { Routing = Routing(Values(section)) };
        if (Values(section).Changes(Keys.MaxTables)) Values(section).Wrong(Keys.MaxTables, "has no meaning without table",
            "table = ${…} makes a table of each topic");
        return Binder(section).Bind();
    }

    /// <summary>Records go to tables by a value; null where it is not said well.</summary>
    private static TableRouting? Routing(ValueReader values)
    {
        const string Value = "${" + TableRouting.ValueName + "}";
        var field = values.Text(Keys.RouteBy) ?? "";
        var name = values.Text(Keys.TableName) ?? "";
        List<TransformFlaw> flaws = [];
        var maxTables = (int)values.Count(Keys.MaxTables, 1, 100_000);
        _ = RouteField.Parse(field, flaws);
        foreach (var flaw in flaws) values.Wrong(Keys.RouteBy, flaw.Message, flaw.Hint, flaw.At);
        var names = TopicPattern.NamesIn(name).ToList();
        if (names.Count == 0)
            values.Wrong(values.Has(Keys.TableName) ? Keys.TableName : Keys.RouteBy, $"the tables need a name with {Value}",
                $"table = events_{Value}");
        else if (names.Find(n => n.Name != TableRouting.ValueName) is (var at, not null)) values.Wrong(Keys.TableName,
            $"with route_by there is {Value} alone", offset: at);
        else return flaws.Count > 0 ? null : new() { Field = field, Table = name, MaxTables = maxTables };
        return null;
    }

    private TableTemplate BindTemplate(SettingSection section, List<SettingSection> overrides)
    {
        var values = Values(section);
        var before = problems.Count;
        var options = Binder(section).Bind();
        var name = values.Text(Keys.TableName) ?? "";
        var maxTables = (int)values.Count(Keys.MaxTables, 1, 100_000);
        var own = ImmutableDictionary.CreateBuilder<string, TableOptions>(StringComparer.Ordinal);
        if (problems.Count == before)
        {
            CheckName(values, name, options.Topics);
            foreach (var single in overrides) own[FullName(single.TableName)] = Binder(Merged(section, single)).Bind();
        }
        return new()
        {
            Section = section.TableName,
            Table = name,
            Topics = options.Topics,
            Options = options with { Topics = [] },
            Overrides = own.ToImmutable(),
            MaxTables = maxTables
        };
    }

    /// <summary>Each name in the text has to be a group of each expression; a plain topic has but itself.</summary>
    private static void CheckName(ValueReader values, string text, ImmutableArray<string> topics)
    {
        foreach (var (at, name) in TopicPattern.NamesIn(text))
        {
            if (name.Length == 0)
            {
                values.Wrong(Keys.TableName, "expected a name and '}' after '${'", offset: at);
                return;
            }
            foreach (var topic in topics)
            {
                string[] groups = [TopicPattern.TopicGroup, .. new TopicPattern(topic).Groups];
                if (groups.Contains(name)) continue;
                values.Wrong(Keys.TableName,
                    $"{(TopicPattern.IsExpression(topic) ? "the expression" : "the topic")} {topic} has no group '{name}'",
                    Nearest.Hint(name, groups) ?? $"there is {string.Join(", ", groups.Select(g => $"${{{g}}}"))}", at);
                return;
            }
        }
    }

    private void CheckOverride(SettingSection section)
    {
        if (!Names.IsDotted(section.TableName))
            problems.Add(section.Place,
                $"[{section.Name}]: expected the name of a table that a template makes, of a-z, 0-9 and _, found '{section.TableName}'");
        if (Values(section).Changes(Keys.MaxTables)) Values(section).Wrong(Keys.MaxTables, "has no meaning for one table",
            "it belongs into the section that has table");
        CheckPlace(section);
    }

    private void CheckPlace(SettingSection section)
    {
        var full = FullName(section.TableName);
        if (!places.TryAdd(full, section))
            problems.Add(section.Place, $"[{section.Name}]: is the same table as [{places[full].Name}] at {places[full].Place}",
                $"both are {full}");
    }

    /// <summary>Dead letters of one table must not be rows of another.</summary>
    private void CheckDeadLetterTables()
    {
        foreach (var table in Tables)
        {
            if (table.DeadLetterPolicy is not (DeadLetterPolicy.Table or DeadLetterPolicy.Pause)) continue;
            if (places.TryGetValue(FullName(table.Name) + DeadLetterTable.Suffix, out var taken))
                problems.Add(taken.Place, $"[{taken.Name}]: is the table of the dead letters of [table.{table.Name}]",
                    "name it otherwise, or set dead_letter of the other to topic or drop");
        }
    }

    private static SettingSection Merged(SettingSection template, SettingSection single)
    {
        var merged = new SettingSection(single.Name, single.Place);
        foreach (var setting in template.All.Concat(single.All)) merged.Set(setting);
        return merged;
    }

    private ValueReader Values(SettingSection section) => new(section.Name, section, source, problems);

    private TableBinder Binder(SettingSection section) => new(section, source, defaults, iceberg.FormatVersion, problems);

    private string FullName(string table) => table.Contains('.', StringComparison.Ordinal) ? table : $"{iceberg.Namespace}.{table}";
}
