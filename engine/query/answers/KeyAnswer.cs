using K2I.Columns;
using K2I.Iceberg;
using K2I.Ring;
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
            var columns = string.Join(", ", keys.Columns);
            throw new QueryException(QueryFault.BadQuestion,
                $"the key of table {question.Table} is {columns}: {keys.Columns.Count} values, not {question.Key.Length}");
        }
        run.Await(views, question.Table, question.MinOffsets, question.WaitMs);
        if (question.Source != QuerySource.Cold && keys.Find(question.Key) is { } found) return InMemory(found.View, found.Row);
        return Search(keys);
    }

    /// <summary>
    /// The index does not know the key. Rows that came between its answer and the view are in the view, so that its rows in memory are
    /// looked through before its files: what is found is the newest of the view, whatever happened meanwhile.
    /// </summary>
    private RowStream Search(IKeyLookup keys) => Answer(
        views.Open(question.Table),
        schema => ScanFilter.Of([
            .. keys.Columns.Zip(question.Key, (c, v) => new ScanPredicate(c, ScanOperator.Equal, [Value(schema, c, v)])),
        ]),
        (view, scan) => new NewestRow(run, view, question.Source, scan));

    /// <summary>As filters have it: of bytes they know hex alone.</summary>
    private static string Value(Schema schema, string column, string text) => schema.FindByPath(column) is { Type.Kind: TypeKind.Binary }
        ? Convert.ToHexStringLower(Questions.Bind(() => KeyColumns.BytesOf(text))) : text;

    private RowStream InMemory(ReadView view, Ordinal row) =>
        Answer(view, null, (_, scan) => new HotSource(view, [.. view.Hot, .. view.Flushed], new HotPlan(scan), row.Value));

    private RowStream Answer(ReadView view, Func<Schema, ScanFilter>? filter, Func<ReadView, TableScan, IRowSource> find)
    {
        try
        {
            var table = Questions.ColdOf(view, question.Table);
            var schema = Questions.SchemaOf(view, table);
            var request = new ScanRequest
            {
                Columns = question.Columns,
                Filter = filter?.Invoke(schema),
                Schema = schema,
                BetweenBatches = run.Check,
            };
            var scan = Questions.Bind(() => new TableScan(table, store, request));
            return new(run, view, scan, 1, [find(view, scan)]) { IsFound = filter is null };
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }
}
