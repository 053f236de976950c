using System.Collections.Immutable;
using System.Text.RegularExpressions;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>The tables of the process, and which topics feed them. Any thread; what it hands out is immutable, and replaced whole.</summary>
internal sealed class TableSet(EngineContext engine)
{
    private readonly Lock gate = new();
    private ImmutableArray<TableHandle> all = [];
    private ImmutableArray<Route> routes = [];
    private ImmutableDictionary<string, ImmutableArray<TableHandle>> fed = ImmutableDictionary.Create<string, ImmutableArray<TableHandle>>(StringComparer.Ordinal);

    private sealed record Route(TableHandle Table, ImmutableHashSet<string> Names, ImmutableArray<Regex> Patterns);

    internal ImmutableArray<TableHandle> All => all;

    /// <summary>What a consumer subscribes to: names, and patterns that begin with ^.</summary>
    internal ImmutableArray<string> Topics { get; private set; } = [];

    internal TableHandle Add(TableOptions options)
    {
        var table = new TableHandle(options, engine);
        lock (gate)
        {
            if (all.FirstOrDefault(t => t.Name == options.Name || t.Stream == table.Stream) is { } other)
                throw new EngineException(ErrorKind.Invalid, $"table {options.Name}: there is {(other.Name == options.Name ? "one of this name already" : $"a table {other.Name}, whose name meets this one in the log; choose another")}");
            all = all.Add(table);
            routes = routes.Add(new(table, [.. options.Topics.Where(t => !t.StartsWith('^'))], [.. options.Topics.Where(t => t.StartsWith('^')).Select(Pattern)]));
            Topics = [.. Topics.Union(options.Topics, StringComparer.Ordinal)];
            fed = fed.Clear();
        }
        return table;
    }

    /// <summary>The tables that a topic feeds.</summary>
    internal ImmutableArray<TableHandle> FedBy(string topic)
    {
        if (fed.TryGetValue(topic, out var known)) return known;
        lock (gate)
        {
            ImmutableArray<TableHandle> found = [.. routes.Where(r => r.Names.Contains(topic) || r.Patterns.Any(p => p.IsMatch(topic))).Select(r => r.Table)];
            fed = fed.SetItem(topic, found);
            return found;
        }
    }

    /// <summary>As librdkafka takes it: a POSIX expression, which these are where they mean the same.</summary>
    private static Regex Pattern(string text) => new(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
