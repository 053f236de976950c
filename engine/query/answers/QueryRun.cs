using K2I.Base;
using K2I.Parquet;

namespace K2I.Query;

/// <summary>
/// One query while it runs: its share of the limits, its time, its stop. Looked at between steps; calls to a store or catalog that are
/// under way when it is stopped end as they do when the other side does not answer. One thread, and whoever stops it.
/// </summary>
internal sealed class QueryRun : IDisposable
{
    private const int PollMs = 1;

    /// <summary>Records that this process fetches are waited for that long; what comes later others may have fetched.</summary>
    private const int RefreshMs = 500;

    private readonly IClock clock;
    private readonly CancellationToken stop;
    private readonly Func<int> restMs;
    private readonly Action ended;
    private readonly CallScope scope;
    private readonly CancellationTokenRegistration registration;
    private readonly long deadlineMs;
    private bool disposed;

    internal QueryRun(
        QueryLimits limits, ParquetBuffers buffers, IClock clock, Func<int> restMs, Action ended, CancellationToken stop)
    {
        (Limits, Buffers, this.clock, this.restMs, this.stop, this.ended) = (limits, buffers, clock, restMs, stop, ended);
        scope = new(clock);
        registration = stop.Register(scope.End);
        deadlineMs = clock.MonotonicMs + limits.TimeoutMs;
    }

    internal QueryLimits Limits { get; }

    /// <summary>What files are read with.</summary>
    internal ParquetBuffers Buffers { get; }

    /// <summary>
    /// Throws <see cref="OperationCanceledException"/> once it is stopped, <see cref="QueryFault.TimedOut"/> once its time is over.
    /// </summary>
    internal void Check()
    {
        stop.ThrowIfCancellationRequested();
        if (clock.MonotonicMs > deadlineMs)
            throw new QueryException(QueryFault.TimedOut, $"it takes longer than {Limits.TimeoutMs} ms, which is all that a query may");
    }

    /// <summary>Between two steps: leaves the CPU to ingest, where it is behind.</summary>
    internal void Rest()
    {
        if (restMs() is > 0 and var ms) scope.Wait(ms);
    }

    /// <summary>
    /// Does what may call a store or catalog, in the memory that queries have. An error of theirs is <see cref="QueryFault.Unavailable"/>
    /// here, whatever it is there: who asked can but ask again.
    /// </summary>
    internal T Call<T>(string table, Func<T> call)
    {
        using var entered = scope.Enter();
        try
        {
            return call();
        }
        catch (EngineException error) when (error is not QueryException)
        {
            stop.ThrowIfCancellationRequested();
            var fault = error.Kind == ErrorKind.Full ? QueryFault.TooLarge : QueryFault.Unavailable;
            throw new QueryException(fault, $"table {table} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// Waits until the table is as far as it is wanted. Throws <see cref="QueryFault.NotReached"/>.
    /// </summary>
    internal void Await(IReadViews views, string table, OffsetVector wanted, int waitMs)
    {
        if (wanted.IsEmpty) return;
        var end = clock.MonotonicMs + Math.Max(0, waitMs);
        var refresh = clock.MonotonicMs + RefreshMs;
        while (true)
        {
            var now = views.OffsetsOf(table);
            if (now.Reaches(wanted)) return;
            Check();
            if (clock.MonotonicMs >= end)
            {
                throw new QueryException(
                    QueryFault.NotReached, $"table {table} is at {(now.IsEmpty ? "no offset" : now)}, not yet at {wanted}");
            }
            if (clock.MonotonicMs >= refresh)
            {
                views.Refresh(table);
                refresh += RefreshMs;
            }
            scope.Wait(PollMs);
        }
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        registration.Dispose();
        scope.Dispose();
        ended();
    }
}
