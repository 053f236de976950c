using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>The rows of a snapshot that a scan finds. The filter prunes files, row groups and pages on the way.</summary>
internal sealed class ColdSource(TableScan scan, QueryRun run) : IRowSource
{
    private readonly string table = scan.Table.Ident.ToString();
    private ScanReader? reader;
    private ScanBatch? rows;
    private Ordinal[] all = [];
    private int taken;

    public bool TryStep(IRowConsumer consumer)
    {
        if (rows is null && !TryRead()) return false;
        var wanted = Chosen(rows!)[taken..];
        taken += consumer.Take(rows!.Batch, wanted);
        if (taken == rows.Rows) rows = null;
        return true;
    }

    public void Dispose() => reader?.Dispose();

    private bool TryRead()
    {
        reader ??= run.Call(table, () => scan.Read(run.Buffers));
        taken = 0;
        return run.Call(table, () => reader.TryRead(out rows));
    }

    private ReadOnlySpan<Ordinal> Chosen(ScanBatch batch)
    {
        if (batch.Selected is { } selected) return selected.Span;
        if (all.Length < batch.Rows)
        {
            var known = all.Length;
            Array.Resize(ref all, batch.Rows);
            for (var i = known; i < all.Length; i++) all[i] = new(i);
        }
        return all.AsSpan(0, batch.Rows);
    }
}
