using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Query;

/// <summary>
/// Rows of a table as they are published. It holds no memory of the table between calls: what went before it was read is missed, and said.
/// One thread at a time.
/// </summary>
/// <remarks>
/// Rows come once, in the order of each partition. Where a table is read anew after a doubt, rows come again, and are left out by their
/// offsets; a table without the column that has those gives them twice then. Columns are those of the table when the first row was given.
/// </remarks>
public sealed class Follower : IDisposable
{
    private readonly IReadViews views;
    private readonly IObjectStore store;
    private readonly FollowQuestion question;
    private readonly Action ended;
    private readonly FollowedOffsets offsets;
    private readonly OutputConsumer consumer = new(null, long.MaxValue, long.MaxValue);

    // Rows dealt with of each segment in memory that has some, by its number.
    private Dictionary<long, int> seen = [];
    private HotPlan? plan;

    // Of the view that was looked through last.
    private long? moment;
    private RowPlaces? places;
    private bool disposed;

    internal Follower(IReadViews views, IObjectStore store, FollowQuestion question, Action ended)
    {
        (this.views, this.store, this.question, this.ended) = (views, store, question, ended);
        using var view = views.Open(question.Table);
        offsets = new(question.From ?? view.Offsets);
        if (view.Cold is not null) Plan(view);
        if (question.From is not null && view.Cold is not null && places is null)
        {
            throw new QueryException(QueryFault.BadQuestion,
                $"rows of table {question.Table} do not say which offsets they have; it can be followed from now only");
        }
        if (question.From is not null) return;
        foreach (var rows in view.Flushed.AddRange(view.Hot)) seen[rows.Segment.Sequence] = rows.Rows;
    }

    /// <summary>Of the rows; null while the table has no columns.</summary>
    public Schema? Schema => plan?.Schema;

    /// <summary>Of each partition the next offset: all rows below were given, missed, or not wanted.</summary>
    public OffsetVector Offsets => offsets.Next;

    /// <summary>
    /// Encodes rows that were published since: in one call, up to about 1 MiB of them. False: there are none for now, which costs next to
    /// nothing where the table is as it was. What comes before the first row is written with it.
    /// </summary>
    public bool TryTake(RowOutput output)
    {
        Check.That(!disposed);
        var now = views.MomentOf(question.Table);
        if (now == moment) return false;
        using var view = views.Open(question.Table);
        if (view.Cold is null) return false;
        if (plan is null) Plan(view);
        if (consumer.Into(output)) output.Begin(plan!.Schema);
        ImmutableArray<HotRows> segments = [.. view.Flushed.AddRange(view.Hot).OrderBy(h => h.Segment.Sequence)];
        seen = segments.Select(h => h.Segment.Sequence).Where(seen.ContainsKey).ToDictionary(s => s, s => seen[s]);
        var start = output.Bytes;
        var any = false;
        foreach (var rows in segments)
        {
            if (!seen.TryGetValue(rows.Segment.Sequence, out var next) && !offsets.Reach(rows.Covers)) next = rows.Rows;
            for (; next < rows.Rows; any = true)
            {
                if (output.Bytes - start >= OutputConsumer.StepBytes) return true;
                using var step = view.Use();
                next = plan!.Offer(rows.Batch, next, consumer, places);
                seen[rows.Segment.Sequence] = next;
            }
            seen[rows.Segment.Sequence] = next;
            offsets.Advance(rows.Covers);
        }
        offsets.Reach(view.Offsets);
        moment = now;
        return any;
    }

    /// <summary>Offsets whose rows were gone before they could be given; told once.</summary>
    public ImmutableArray<OffsetRange> TakeMissed() => offsets.TakeMissed();

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        plan?.Dispose();
        ended();
    }

    private void Plan(ReadView view)
    {
        var filter = question.Where is { } text ? Questions.Parse(text) : null;
        var table = view.Cold!;
        var request = new ScanRequest { Columns = question.Columns, Filter = filter, Schema = Questions.SchemaOf(view, table) };
        var scan = Questions.Bind(() => new TableScan(table, store, request));
        plan = new(scan);
        places = RowPlaces.Of(scan.Full, offsets);
    }
}
