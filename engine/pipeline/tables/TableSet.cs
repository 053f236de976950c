using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// The tables of the process, and which topics feed them. Any thread; what it hands out is immutable, and replaced whole.
/// </summary>
internal sealed class TableSet(EngineContext engine)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TableHandle> handles = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> seen = [];
    private readonly Dictionary<string, ImmutableArray<string>> values = new(StringComparer.Ordinal);
    private ImmutableArray<TableHandle>? all;
    private ImmutableDictionary<string, ImmutableArray<TableHandle>> fed = ImmutableDictionary.Create<string,
        ImmutableArray<TableHandle>>(StringComparer.Ordinal);
    private ImmutableArray<RefusedTopic> refused = [];
    private TopicRoutes? routes;

    internal ImmutableArray<TableHandle> All
    {
        get
        {
            lock (gate) return all ??= [.. handles.Values];
        }
    }

    /// <summary>The table of a name, as the configuration has it; null where there is none.</summary>
    internal TableHandle? Find(string name)
    {
        lock (gate) return handles.GetValueOrDefault(name);
    }

    /// <summary>What a consumer subscribes to: names, and patterns that begin with ^.</summary>
    internal ImmutableArray<string> Topics { get; private set; } = [];

    /// <summary>Topics that templates match and make no table of.</summary>
    internal ImmutableArray<RefusedTopic> Refused => refused;

    /// <summary>The tables that a topic feeds; those that templates make of it are made.</summary>
    internal ImmutableArray<TableHandle> FedBy(string topic)
    {
        if (Volatile.Read(ref fed).TryGetValue(topic, out var tables)) return tables;
        lock (gate)
        {
            if (fed.TryGetValue(topic, out tables)) return tables;
            var route = routes!.Of(topic);
            if (known.Add(topic)) seen.Add(topic);
            foreach (var flaw in route.Refused)
            {
                refused = refused.Add(flaw);
                engine.Log.Warn("a topic makes no table", ("topic", topic), ("section", $"table.{flaw.Section}"), ("reason", flaw.Reason));
            }
            ImmutableArray<TableHandle> found = [.. route.Tables.Select(t => HandleOf(t, topic))];
            Volatile.Write(ref fed, fed.SetItem(topic, found));
            return found;
        }
    }

    /// <summary>
    /// These are the tables from now on. What is new begins, what is no more is flushed and let go, what is another is flushed and goes on
    /// as it is now; the rest does not notice. Lanes are to be told. Throws Invalid, with nothing changed, where two tables have one name.
    /// </summary>
    internal TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates)
    {
        var (added, changed, removed) = (new List<string>(), new List<string>(), new List<string>());
        lock (gate)
        {
            var next = new TopicRoutes(tables, templates, engine.Options.Iceberg.Namespace);
            foreach (var (home, known) in values)
                foreach (var value in known) _ = next.MakeOf(home, value);
            foreach (var topic in seen) _ = next.Of(topic);
            foreach (var table in handles.Values)
            {
                if (next.Tables.TryGetValue(table.Name, out var options))
                {
                    if (table.Wanted is { } now && now.Means(options)) continue;
                    changed.Add(table.Name);
                    table.ChangeTo(options);
                }
                else if (table.Wanted is not null)
                {
                    removed.Add(table.Name);
                    table.ChangeTo(null);
                }
            }
            foreach (var options in next.Tables.Values)
            {
                if (handles.ContainsKey(options.Name)) continue;
                added.Add(options.Name);
                Begin(options);
            }
            all = null;
            (routes, refused) = (next, []);
            Volatile.Write(ref fed, fed.Clear());
            if (!Topics.SequenceEqual(next.Topics)) Topics = next.Topics;
        }
        return new([.. added], [.. changed], [.. removed]);
    }

    /// <summary>The table has ended, and is in no configuration: it goes. False where it is wanted again meanwhile.</summary>
    internal bool TryRemove(TableHandle table)
    {
        lock (gate)
        {
            if (table.Wanted is not null) return false;
            handles.Remove(table.Name);
            all = null;
            return true;
        }
    }

    /// <summary>A topic that the table holds rows of, and that would make another table of the same name; null where there is
    /// none.</summary>
    internal string? ForeignTopic(TableOptions table, IEnumerable<string> topics)
    {
        if (table.Template.Length == 0) return null;
        lock (gate) return topics.FirstOrDefault(t => routes!.IsForeign(table, t));
    }

    /// <summary>
    /// A home says which values have tables: those that are new begin. True where there are any; lanes are to be told then.
    /// </summary>
    internal bool HasNew(TableHandle home, ImmutableArray<string> known)
    {
        lock (gate)
        {
            if (values.TryGetValue(home.Name, out var before) && before.SequenceEqual(known)) return false;
            values[home.Name] = known;
            foreach (var value in known)
            {
                if (routes!.MakeOf(home.Name, value) is not { } options || handles.ContainsKey(options.Name)) continue;
                Begin(options);
                engine.Log.Info("a value makes a table", ("table", options.Name), ("value", value), ("home", home.Name));
            }
            all = null;
            Volatile.Write(ref fed, fed.Clear());
            return true;
        }
    }

    /// <summary>Why a value of a home can have no table; null where it may.</summary>
    internal string? FlawOfValue(TableHandle home, string value)
    {
        lock (gate) return routes!.FlawOfValue(home.Name, value);
    }

    private TableHandle HandleOf(TableOptions options, string topic)
    {
        if (!handles.TryGetValue(options.Name, out var table))
        {
            table = Begin(options);
            all = null;
            engine.Log.Info("a topic makes a table", ("topic", topic), ("table", options.Name), ("section", $"table.{options.Template}"));
        }
        else if (table.Wanted is null)
        {
            table.ChangeTo(options);
        }
        table.Topics.Expect(topic);
        return table;
    }

    private TableHandle Begin(TableOptions options)
    {
        var table = new TableHandle(options, engine);
        handles[options.Name] = table;
        engine.Work.Wake(table, Urgency.Idle);
        engine.Upkeep.Wake(table, Urgency.Idle);
        return table;
    }
}
