using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Gives values of records their tables: the home says so first, then they begin. Whoever works for the home.</summary>
internal sealed class RouteTables(TableRun run, TableSet tables)
{
    private readonly TableStore store = run.Store;
    private readonly TableRouting routing = run.Table.Options.Routing!;

    /// <summary>
    /// Writes the answer. Throws what passes, or the stop. What is not refused is in <see cref="TableStore.Routes"/> afterwards.
    /// </summary>
    internal void Answer(RoutesQuestion question)
    {
        // Another lane, or another member of the group, may have been faster.
        store.Reload();
        List<string> added = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var value in question.Values)
        {
            var isKnown = store.Routes.Contains(value);
            var flaw = tables.FlawOfValue(run.Table, value);
            if (flaw is null && !isKnown)
            {
                if (store.Routes.Length + added.Count >= routing.MaxTables) flaw = Full(routing);
                else if (routing.NameOf(value) is var name && !names.Add(name))
                    flaw = $"its table would be {name}, and another value has made it";
                else added.Add(value);
            }
            if (flaw is not null) question.Refused[value] = flaw;
        }
        if (added.Count == 0) return;
        store.AddRoutes(added);
        KillPoint.Hit("routes.added");
    }

    internal static string Full(TableRouting routing) => $"there are {routing.MaxTables} tables already, as many as max_tables allows";
}
