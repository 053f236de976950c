using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// One answer, pulled step by step. Rows are borrowed for a step and encoded in it, so that between steps the caller may wait for its
/// client as long as the query's time allows. One thread at a time; dispose it, whether or not it came to its end.
/// </summary>
public sealed class RowStream : IDisposable
{
    private readonly QueryRun run;
    private readonly OutputConsumer consumer;
    private readonly Queue<IRowSource> sources;
    private bool ended, failed;

    internal RowStream(QueryRun run, ReadView view, TableScan scan, long? limit, IEnumerable<IRowSource> sources)
    {
        (this.run, Schema, Snapshot, this.sources) = (run, scan.Schema, scan.Snapshot?.SnapshotId, new(sources));
        (Offsets, IsPartial) = (view.Offsets, view.IsPartial);
        consumer = new(limit, run.Limits.MaxRows, run.Limits.MaxBytes);
    }

    /// <summary>Of the rows.</summary>
    public Schema Schema { get; }

    /// <summary>How far the view is that was read: the rows of all offsets below are looked at, and none beyond.</summary>
    public OffsetVector Offsets { get; }

    /// <summary>The view's snapshot; null where there was none yet.</summary>
    public SnapshotId? Snapshot { get; }

    /// <summary>See <see cref="ReadView.IsPartial"/>.</summary>
    public bool IsPartial { get; }

    /// <summary>Its only row is known and lies in memory: the answer is a look at it.</summary>
    public bool IsFound { get; internal init; }

    /// <summary>Encoded so far.</summary>
    public long Rows => consumer.Rows;

    /// <summary>
    /// Encodes what comes next: the beginning, up to about 1 MiB of rows, or the end. A step may find no row. False: the end is written.
    /// Throws <see cref="QueryException"/> and, where it was stopped, <see cref="OperationCanceledException"/>; the answer is cut off then,
    /// and stays so.
    /// </summary>
    public bool TryWrite(RowOutput output)
    {
        Check.That(!failed);
        if (ended) return false;
        failed = true;
        var more = Step(output);
        failed = false;
        return more;
    }

    public void Dispose()
    {
        foreach (var source in sources) source.Dispose();
        sources.Clear();
        run.Dispose();
    }

    private bool Step(RowOutput output)
    {
        var isFirst = consumer.Into(output);
        if (!isFirst && !IsFound) run.Rest();
        run.Check();
        if (isFirst) output.Begin(Schema);
        while (!consumer.IsFull && sources.TryPeek(out var source))
        {
            if (source.TryStep(consumer)) return true;
            sources.Dequeue().Dispose();
        }
        foreach (var source in sources) source.Dispose();
        sources.Clear();
        output.End();
        ended = true;
        return false;
    }
}
