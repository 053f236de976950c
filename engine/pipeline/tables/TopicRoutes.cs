using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// Which tables each topic feeds: those of sections, and those that templates make as their topics are seen. Who comes first has a name:
/// another topic, whose own name is another and gives the same, is refused. One thread at a time.
/// </summary>
public sealed class TopicRoutes
{
    private readonly string space;
    private readonly Dictionary<string, List<TableOptions>> byName = new(StringComparer.Ordinal);
    private readonly List<(TopicPattern Pattern, TableOptions Table)> byPattern = [];
    private readonly List<Maker> makers = [];
    private readonly Dictionary<string, Home> homes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TableOptions> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, string> streams = [];

    /// <exception cref="EngineException"><see cref="ErrorKind.Invalid"/>: two tables have one name, or names that meet in the
    /// log.</exception>
    public TopicRoutes(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates, string defaultNamespace)
    {
        space = defaultNamespace;
        foreach (var section in tables)
        {
            var table = section.Routing is { } routing ? routing.HomeOf(section) : section;
            if (section.Routing is not null) homes[section.Name] = new(section);
            if (FlawOf(table) is { } flaw) throw new EngineException(ErrorKind.Invalid, $"table {table.Name}: {flaw}; choose another");
            Take(table, $"[table.{table.Name}] has that name");
            foreach (var topic in table.Topics)
            {
                if (TopicPattern.IsExpression(topic)) byPattern.Add((new(topic), table));
                else if (byName.TryGetValue(topic, out var others)) others.Add(table);
                else byName[topic] = [table];
            }
        }
        makers = [.. templates.Select(t => new Maker(t))];
        Topics = [.. tables.SelectMany(t => t.Topics).Concat(templates.SelectMany(t => t.Topics)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A template with its tables so far, by the name that topics give them.</summary>
    private sealed class Maker(TableTemplate template)
    {
        internal TableTemplate Template => template;

        internal ImmutableArray<TopicPattern> Patterns { get; } = [.. template.Topics.Select(t => new TopicPattern(t))];

        internal Dictionary<string, TableOptions> Made { get; } = new(StringComparer.Ordinal);

        internal string? NameFor(string topic) => Patterns.Select(p => p.Expand(template.Table, topic)).FirstOrDefault(n => n is not null);
    }

    /// <summary>A section whose records go to tables by a value, with its tables so far, by value.</summary>
    private sealed class Home(TableOptions section)
    {
        internal TableOptions Section => section;

        internal TableRouting Routing => section.Routing!;

        internal Dictionary<string, TableOptions> Made { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>What is to be subscribed to: names, and expressions that start with <c>^</c>.</summary>
    public ImmutableArray<string> Topics { get; }

    /// <summary>The tables of sections, and those made so far, by name.</summary>
    public IReadOnlyDictionary<string, TableOptions> Tables => tables;

    /// <summary>What the topic feeds; makes its tables. The same answer each time.</summary>
    public TopicRoute Of(string topic)
    {
        var fed = ImmutableArray.CreateBuilder<TableOptions>();
        var refused = ImmutableArray.CreateBuilder<RefusedTopic>();
        if (byName.TryGetValue(topic, out var named)) fed.AddRange(named);
        foreach (var (pattern, table) in byPattern)
            if (!fed.Contains(table) && pattern.Matches(topic)) fed.Add(table);
        if (homes.Count > 0) fed.AddRange(fed.ToArray().Where(t => homes.ContainsKey(t.Name)).SelectMany(t => homes[t.Name].Made.Values));
        foreach (var maker in makers)
        {
            if (maker.NameFor(topic) is not { } name) continue;
            if (Make(maker, name, topic, out var reason) is { } table) fed.Add(table);
            else refused.Add(new(topic, maker.Template.Section, reason));
        }
        return new(fed.ToImmutable(), refused.ToImmutable());
    }

    /// <summary>Why a value of a home has no table, and can have none beside those that there are; null where it may have one.</summary>
    internal string? FlawOfValue(string home, string value)
    {
        if (!homes.TryGetValue(home, out var maker)) return $"{home} is home to no tables any more";
        if (maker.Made.ContainsKey(value)) return null;
        var table = maker.Routing.TableOf(maker.Section, value);
        if (NameFlaw(table.Name, value) is { } nameFlaw) return nameFlaw;
        if (owners.TryGetValue(FullName(table.Name), out var owner)) return $"its table would be {table.Name}, and {owner}";
        return FlawOf(table) is { } flaw ? $"its table would be {table.Name}: {flaw}" : null;
    }

    /// <summary>
    /// The table of a value that the home says it has; null where it can have none beside others. The same answer each time.
    /// </summary>
    internal TableOptions? MakeOf(string home, string value)
    {
        if (FlawOfValue(home, value) is not null) return null;
        var maker = homes[home];
        if (maker.Made.TryGetValue(value, out var made)) return made;
        var table = maker.Routing.TableOf(maker.Section, value);
        Take(table, $"'{value}' of {home} has made it");
        return maker.Made[value] = table;
    }

    /// <summary>The topic is one that the table's template gives another name, though their safe names are the same.</summary>
    internal bool IsForeign(TableOptions table, string topic) =>
        makers.Find(m => m.Template.Section == table.Template) is { } maker && maker.NameFor(topic) is { } name
        && !(maker.Made.TryGetValue(name, out var made) && made.Name == table.Name) && FullName(SafeName(name)) == FullName(table.Name);

    /// <summary>Lower case, and an underscore for what is no letter, digit, underscore or dot.</summary>
    public static string SafeName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : char.IsAsciiLetterLower(c)
            || char.IsAsciiDigit(c) || c is '_' or '.' ? c : '_'));

    private TableOptions? Make(Maker maker, string name, string topic, out string reason)
    {
        reason = "";
        if (maker.Made.TryGetValue(name, out var made)) return made;
        var template = maker.Template;
        var safe = SafeName(name);
        var table = template.Overrides.GetValueOrDefault(FullName(safe), template.Options) with
        {
            Name = safe,
            Topics = [topic],
            Template = template.Section
        };
        if (NameFlaw(safe, name) is { } nameFlaw) reason = nameFlaw;
        else if (owners.TryGetValue(FullName(safe), out var owner)) reason = $"its table would be {safe}, and {owner}";
        else if (FlawOf(table) is { } flaw) reason = $"its table would be {safe}: {flaw}";
        else if (table.DeadLetterPolicy == DeadLetterPolicy.Topic && maker.NameFor(table.DeadLetterTopicName) is not null)
            reason = $"its dead letters would come back: topics matches {table.DeadLetterTopicName}, too";
        else if (maker.Made.Count >= template.MaxTables)
            reason = $"there are {maker.Made.Count} tables of the section already, as many as max_tables allows";
        if (reason.Length > 0) return null;
        Take(table, name == safe ? $"topic {topic} has made it" : $"'{name}' of topic {topic} has made it");
        maker.Made[name] = table;
        return table;
    }

    private static string? NameFlaw(string safe, string name) =>
        safe.Split('.').Any(p => p.Length is 0 or > TableOptions.LongestNamePart)
            ? $"'{name}' is no name of a table: parts between dots have 1 to {TableOptions.LongestNamePart} characters" : null;

    private string? FlawOf(TableOptions table)
    {
        if (owners.TryGetValue(FullName(table.Name), out var owner)) return owner;
        if (streams.TryGetValue(LogStreams.IdOf(table.Name), out var other)) return $"its name meets that of table {other} in the log";
        // Dead letters of one table must not be rows of another.
        var letters = FullName(table.Name) + DeadLetterTable.Suffix;
        if (HasLetterTable(table) && owners.ContainsKey(letters)) return $"the table of its dead letters, {letters}, is a table of its own";
        var full = FullName(table.Name);
        return full.EndsWith(DeadLetterTable.Suffix, StringComparison.Ordinal)
            && tables.Values.FirstOrDefault(t => HasLetterTable(t) && FullName(t.Name) + DeadLetterTable.Suffix == full) is { } whose
            ? $"it is the table of the dead letters of {whose.Name}" : null;
    }

    private static bool HasLetterTable(TableOptions table) => table.DeadLetterPolicy is DeadLetterPolicy.Table or DeadLetterPolicy.Pause;

    private void Take(TableOptions table, string owner)
    {
        tables[table.Name] = table;
        owners[FullName(table.Name)] = owner;
        streams[LogStreams.IdOf(table.Name)] = table.Name;
    }

    private string FullName(string table) => table.Contains('.', StringComparison.Ordinal) ? table : $"{space}.{table}";
}
