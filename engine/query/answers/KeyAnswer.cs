using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Query;

/// <summary>From a key to its newest row.</summary>
internal sealed class KeyAnswer(KeyQuestion question, QueryRun run, IReadViews views, IObjectStore store)
{
    internal RowStream Open()
    {
        var keys = views.KeysOf(question.Table)
            ?? throw new QueryException(QueryFault.NoKey, $"table {question.Table} has no key to look rows up by; give it one, or scan it");
        if (question.Key.Length != keys.Columns.Count)
        {
            throw new QueryException(QueryFault.BadQuestion,
                $"the key of table {question.Table} is {string.Join(", ", keys.Columns)}: {keys.Columns.Count} values, not {question.Key.Length}");
        }
        run.Await(views, question.Table, question.MinOffsets, question.WaitMs);
        if (question.Source != QuerySource.Cold && keys.Find(question.Key) is { } found) return InMemory(found.View, found.Row);
        throw new QueryException(QueryFault.Unavailable, "only rows in memory are looked up");
    }

    private RowStream InMemory(ReadView view, Ordinal row)
    {
        var table = Questions.ColdOf(view, question.Table);
        var scan = Questions.Bind(() => new TableScan(table, store, new ScanRequest { Columns = question.Columns, Schema = Questions.SchemaOf(view, table) }));
        ImmutableArray<HotRows> segments = [.. view.Hot, .. view.Flushed];
        return new(run, view, scan, 1, [new HotSource(view, segments, new HotPlan(scan), row.Value)]);
    }
}
