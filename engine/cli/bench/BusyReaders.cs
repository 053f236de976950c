using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Cli.Queries;
using K2I.Cli.Running;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Bench;

/// <summary>
/// Readers that ask a running engine all the time: a filter over all rows in memory that one in a hundred or fewer meets, its rows as
/// NDJSON.
/// They are the threads that a process answers scans with. Owner of them; one thread starts and stops it.
/// </summary>
internal sealed class BusyReaders : IDisposable
{
    private readonly TableQueries queries;
    private readonly QueryThreads threads;
    private readonly Task[] readers;
    private readonly string table, where;
    private volatile bool over;
    private long answers, rows, takenBack, cpuNs;

    internal BusyReaders(Engine engine, EngineOptions options, string table, string where, int count)
    {
        (this.table, this.where) = (table, where);
        var limits = new QueryLimits
        {
            MemoryBytes = 64 << 20,
            MaxRows = long.MaxValue,
            MaxBytes = long.MaxValue,
            TimeoutMs = 60_000,
            Concurrency = 64,
        };
        var views = new EngineViews(engine, options.Iceberg.Namespace, 64 << 20);
        queries = new(views, Services.Of(options).Objects, limits, SystemClock.Instance);
        threads = new(count);
        readers = [.. Enumerable.Range(0, count).Select(_ =>
            Task.Factory.StartNew(Ask, CancellationToken.None, TaskCreationOptions.None, threads))];
    }

    /// <summary>Whether all go on: false once one has met an error, which <see cref="Stop"/> throws.</summary>
    internal bool AreWell => !readers.Any(r => r.IsFaulted);

    /// <summary>Ends them; says what they did.</summary>
    internal FormattableString Stop()
    {
        over = true;
        foreach (var reader in readers) reader.GetAwaiter().GetResult();
        return $"{answers:N0} answers of {rows:N0} rows meanwhile, {takenBack:N0} taken back, for {cpuNs / 1e9:F1} s of the CPU";
    }

    public void Dispose()
    {
        over = true;
        threads.Dispose();
        queries.Dispose();
    }

    private void Ask()
    {
        var question = new ScanQuestion { Table = table, Where = where, Source = QuerySource.Hot };
        using var buffer = new ArrayPoolBufferWriter<byte>(1 << 20);
        var cpu = Posix.ThreadCpuNs();
        while (!over)
        {
            try
            {
                Ask(question, buffer);
            }
            catch (QueryException error) when (error.Fault == QueryFault.TakenBack)
            {
                Interlocked.Increment(ref takenBack);
            }
        }
        Interlocked.Add(ref cpuNs, Posix.ThreadCpuNs() - cpu);
    }

    private void Ask(ScanQuestion question, ArrayPoolBufferWriter<byte> buffer)
    {
        using var answer = queries.Scan(question, CancellationToken.None);
        using var lines = new NdjsonRows(buffer);
        bool more;
        do
        {
            more = answer.TryWrite(lines);
            buffer.Clear();
        }
        while (more && !over);
        Interlocked.Increment(ref answers);
        Interlocked.Add(ref rows, answer.Rows);
    }
}
