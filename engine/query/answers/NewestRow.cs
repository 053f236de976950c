using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Memory;

namespace K2I.Query;

/// <summary>
/// The newest row that a scan finds: segments are looked through from the newest, then data files by their sequence number, from the last;
/// of the first of them that has some, the last row. Of files of one commit row ids tell the order, and without them names. Owner of the
/// view.
/// </summary>
internal sealed class NewestRow : IRowSource, IRowConsumer
{
    private readonly QueryRun run;
    private readonly ReadView view;
    private readonly TableScan scan;
    private readonly HotPlan plan;
    private readonly RowGather gather;
    private readonly Stack<HotRows> segments;
    private readonly string table;
    private Stack<ScanTask>? files;
    private int next;
    private Batch? found;
    private bool given;

    /// <param name="run">The query.</param>
    /// <param name="view">Has the rows.</param>
    /// <param name="source">Which of its rows are looked at.</param>
    /// <param name="scan">Says which rows are wanted.</param>
    internal NewestRow(QueryRun run, ReadView view, QuerySource source, TableScan scan)
    {
        (this.run, this.view, this.scan) = (run, view, scan);
        plan = new(scan);
        gather = new(scan.Schema, MemoryTag.Scratch);
        ImmutableArray<HotRows> hot = source switch
        {
            QuerySource.Both => view.Hot,
            QuerySource.Hot => [.. view.Flushed, .. view.Hot],
            _ => [],
        };
        segments = new(hot.OrderBy(h => h.Segment.Sequence));
        if (source == QuerySource.Hot) files = [];
        table = scan.Table.Ident.ToString();
    }

    public bool IsFull => false;

    public bool TryStep(IRowConsumer consumer)
    {
        if (given) return false;
        if (segments.TryPeek(out var rows))
        {
            StepInMemory(rows);
            return true;
        }
        view.Dispose();
        files ??= new(run.Call(table, scan.Plan).OrderBy(f => f.Data.SequenceNumber).ThenBy(f => f.Data.File.FirstRowId));
        if (found is null && files.TryPop(out var file))
        {
            run.Call(table, () => Read(file));
            return true;
        }
        given = true;
        if (found is not null) consumer.Take(found, [new(0)]);
        return found is not null;
    }

    /// <summary>The last so far.</summary>
    public int Take(Batch batch, ReadOnlySpan<Ordinal> rows)
    {
        if (!rows.IsEmpty) found = gather.Take(batch, rows[^1..]);
        return rows.Length;
    }

    public void Dispose()
    {
        view.Dispose();
        plan.Dispose();
        gather.Dispose();
    }

    private void StepInMemory(HotRows rows)
    {
        using var step = view.Use();
        if (rows.Rows > 0) next = plan.Offer(rows.Batch, next, this);
        if (next < rows.Rows) return;
        (_, next) = (segments.Pop(), 0);
        if (found is not null) segments.Clear();
    }

    private bool Read(ScanTask file)
    {
        using var reader = scan.Read([file], run.Buffers);
        while (reader.TryRead(out var rows)) Take(rows.Batch, [rows.Ordinal(rows.Rows - 1)]);
        return true;
    }
}
