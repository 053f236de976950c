using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Query;

/// <summary>From a question about rows to the answer's first step.</summary>
/// <remarks>
/// Rows in memory come before those of the snapshot: files are slow to read, and a view that waited for them would hold memory that ingest
/// needs.
/// </remarks>
internal sealed class ScanAnswer(ScanQuestion question, QueryRun run, IReadViews views, IObjectStore store)
{
    internal RowStream Open()
    {
        if (question.Limit < 0) throw Bad("a limit is not below 0");
        if (question.Limit > run.Limits.MaxRows) throw Bad($"a limit is at most {run.Limits.MaxRows}");
        if (question.AsOf is not null && question.Source == QuerySource.Hot) throw Bad("rows in memory are as of now");
        var filter = question.Where is { } text ? Questions.Parse(text) : null;
        run.Await(views, question.Table, question.MinOffsets, question.WaitMs);
        var view = views.Open(question.Table);
        try
        {
            return Open(view, filter);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    private RowStream Open(ReadView view, ScanFilter? filter)
    {
        var table = Questions.ColdOf(view, question.Table);
        var request = new ScanRequest
        {
            Columns = question.Columns,
            Filter = filter,
            Schema = Questions.SchemaOf(view, table),
            BetweenBatches = run.Check,
        };
        if (question.AsOf is { } asOf) request = Moments.At(request, table.Metadata, asOf);
        var asked = Questions.Bind(() => new TableScan(table, store, request));
        var scan = asked;
        if (!question.Order.IsEmpty && !request.Columns.IsEmpty)
        {
            var wide = request with { Columns = [.. request.Columns, .. question.Order.Select(o => o.Column)] };
            scan = Questions.Bind(() => new TableScan(table, store, wide));
        }
        var order = question.Order.IsEmpty ? null : new RowOrder(question.Order, scan.Schema);
        var sources = new List<IRowSource>();
        if (question.Source != QuerySource.Cold && question.AsOf is null)
        {
            var segments = question.Source == QuerySource.Hot ? view.Flushed.AddRange(view.Hot) : view.Hot;
            sources.Add(new HotSource(view, segments, new HotPlan(scan)));
        }
        else view.Dispose();
        if (question.Source != QuerySource.Hot) sources.Add(new ColdSource(scan, run));
        if (order is not null)
        {
            var first = new TopRows(scan.Schema, asked.Schema, order, Wanted, run.Limits.OrderBytes / 2);
            sources = [new OrderedSource(sources, first)];
        }
        return new(run, view, asked, question.Limit, sources);
    }

    /// <summary>Without a limit one more than may be, so that it is seen where they are too many.</summary>
    private int Wanted => (int)Math.Min(question.Limit ?? (run.Limits.MaxRows + 1), int.MaxValue);

    private static QueryException Bad(string message) => new(QueryFault.BadQuestion, message);
}
