using K2I.Base;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Query;

/// <summary>
/// Answers questions about a process's tables, within limits; owner of the memory that files are read with. Any thread; a call may block
/// for a store, a catalog or offsets that are waited for, and never makes ingest wait. Errors: <see cref="QueryException"/>.
/// </summary>
public sealed class TableQueries(IReadViews views, IObjectStore store, QueryLimits limits, IClock clock) : IDisposable
{
    private readonly ParquetBuffers buffers = new(limits.MemoryBytes / 4, limits.MemoryBytes / 2);
    private int running;
    private int following;

    /// <summary>Queries that run at a time; of followers there may be as many besides.</summary>
    public int Concurrency => limits.Concurrency;

    /// <summary>The names of the tables, in order.</summary>
    public IReadOnlyList<string> Tables => views.Tables;

    /// <summary>The table as it is now.</summary>
    public TableInfo Describe(string table)
    {
        using var view = views.Open(table);
        return new()
        {
            Table = table,
            Schema = view.Cold?.Metadata.CurrentSchema,
            Key = [.. views.KeysOf(table)?.Columns ?? []],
            Snapshot = view.Cold?.Metadata.CurrentSnapshotId,
            Offsets = view.Offsets,
            IsPartial = view.IsPartial,
            HotRows = view.Hot.Sum(h => (long)h.Rows),
            HotBytes = view.Hot.Sum(h => h.Segment.BudgetBytes),
            FlushedRows = view.Flushed.Sum(h => (long)h.Rows),
            FlushedBytes = view.Flushed.Sum(h => h.Segment.BudgetBytes),
        };
    }

    /// <summary>Rows of a table, of one moment.</summary>
    public RowStream Scan(ScanQuestion question, CancellationToken stop) =>
        Start(run => new ScanAnswer(question, run, views, store).Open(), stop);

    /// <summary>The newest row of a key, or none.</summary>
    public RowStream Find(KeyQuestion question, CancellationToken stop) =>
        Start(run => new KeyAnswer(question, run, views, store).Open(), stop);

    /// <summary>Rows as they are published.</summary>
    public Follower Follow(FollowQuestion question)
    {
        Admit(ref following);
        try
        {
            return new(views, store, question, () => Interlocked.Decrement(ref following));
        }
        catch
        {
            Interlocked.Decrement(ref following);
            throw;
        }
    }

    /// <summary>After the last answer.</summary>
    public void Dispose() => buffers.Dispose();

    private RowStream Start(Func<QueryRun, RowStream> open, CancellationToken stop)
    {
        Admit(ref running);
        var run = new QueryRun(limits, buffers, clock, views.RestMs, () => Interlocked.Decrement(ref running), stop);
        try
        {
            return open(run);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private void Admit(ref int count)
    {
        if (Interlocked.Increment(ref count) <= limits.Concurrency) return;
        Interlocked.Decrement(ref count);
        throw new QueryException(QueryFault.Busy, $"{limits.Concurrency} queries run, which is as many as may; ask again later");
    }
}
