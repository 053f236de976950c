using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>What lanes, tables and workers of one engine share. Any thread.</summary>
internal sealed class EngineContext : IDisposable
{
    private const int MostLeaveMs = 5_000, KeepBusyMs = 300, ReliefMs = 10;

    /// <summary>A table that has not been able to flush for so long gives its place up where others need it.</summary>
    private const int TroubledMs = 2_000;

    private readonly IClock clock;
    private long busyUntilMs;
    private long nextReliefMs;

    internal EngineContext(EngineOptions options, EngineServices services, EncodeTeam? team, ILog log)
    {
        (Options, Services, Log, clock) = (options, services, log, services.Clock);
        Shares = MemoryShares.Of(options.MemoryBytes, options.Lanes, Math.Max(1, options.FlushThreads / 2));
        Pool = new(Shares.PoolBytes);
        Index = new(options.IndexBytes, services.Random.NextInt64(long.MaxValue));
        Stores = new(options, services, Shares, team, log);
        Work = new(clock);
        Upkeep = new(clock);
        Stop = new(clock);
        Flushing = new(new(Shares.Encoders), clock, services.Random, log);
        Tables = new(this);
        Queries = new(() => services.OpenQueries(Client, log));
    }

    internal EngineOptions Options { get; }

    internal EngineServices Services { get; }

    internal ILog Log { get; }

    internal MemoryShares Shares { get; }

    internal SegmentPool Pool { get; }

    /// <summary>The memory of all key indexes.</summary>
    internal IndexBudget Index { get; }

    internal TableStoreFactory Stores { get; }

    internal WorkQueue Work { get; }

    /// <summary>Tables that are to be looked after.</summary>
    internal WorkQueue Upkeep { get; }

    /// <summary>Records wait to be fetched, or rows for memory, log or a flush: what else could be done waits.</summary>
    internal bool IngestIsBehind => Lanes.Any(l => l.IsBehind) || Pool.HeldBytes - Pool.FlushedBytes > Pool.BudgetBytes / 4 * 3;

    /// <summary>Ends with the process's life: what need not be flushed before is given up at once.</summary>
    internal CallScope Stop { get; }

    internal FlushContext Flushing { get; }

    internal TableSet Tables { get; }

    internal int TableCount => Tables.All.Length;

    /// <summary>Set before any worker begins.</summary>
    internal FoundLogs Found { get; set; } = null!;

    /// <summary>Set before any worker begins.</summary>
    internal ImmutableArray<Lane> Lanes { get; set; } = [];

    /// <summary>
    /// How long a stop may take to flush and commit: the shutdown time less what letting go of log, group and memory may take.
    /// </summary>
    internal long StopTimeoutMs => Options.ShutdownTimeoutMs - Math.Min(Options.ShutdownTimeoutMs / 4, MostLeaveMs);

    /// <summary>How long a revoke may take to flush; well within Kafka's bounds.</summary>
    internal long RevokeTimeoutMs => Math.Min(Options.ShutdownTimeoutMs, 30_000);

    /// <summary>The connection of a lane that is worst off; null before there is any.</summary>
    internal KafkaConnection? Kafka =>
        Lanes.Select(l => l.Connection).Where(c => c is not null).OrderBy(c => c!.State == KafkaConnectionState.Up).FirstOrDefault();

    internal KafkaQueries Queries { get; }

    /// <summary>How the cluster is reached.</summary>
    internal ClientOptions Client =>
        new() { Brokers = Options.Kafka.Brokers, ClientId = Options.Kafka.ClientId, Properties = [.. Options.Kafka.Properties] };

    /// <summary>Answers are on their way to lanes: these look more often.</summary>
    internal bool IsBusy => clock.MonotonicMs < Volatile.Read(ref busyUntilMs);

    internal void KeepBusy() => Volatile.Write(ref busyUntilMs, clock.MonotonicMs + KeepBusyMs);

    internal void TellLanes(LaneMessage message)
    {
        KeepBusy();
        foreach (var lane in Lanes) lane.Tell(message);
    }

    /// <summary>A state entry of a table that no lane feeds at the moment: it goes into the first lane's log.</summary>
    internal void WriteEntry(ulong stream, LogEntry entry) => Lanes[0].Log.TryAppend(entry.Kind, stream, entry.ToJson(clock));

    /// <summary>
    /// Rows are to make way for others: as much is kept free, or on its way into a table, as the largest table holds, a quarter of the
    /// memory at least; the largest are flushed, as many as it takes. One that cannot be flushed gives its place up, where others wait
    /// that could.
    /// </summary>
    internal void RelieveMemory()
    {
        if (!IsReliefDue()) return;
        TableRun? troubled = null;
        var isNeeded = false;
        var heavy = new List<(long Bytes, TableRun Run)>();
        var (memory, waiting) = (Pool.BudgetBytes, Pool.HeldBytes);
        foreach (var table in Tables.All)
        {
            if (table.Run is not { Failure: null } run) continue;
            var held = run.Memory.HeldBytes;
            if (IsTroubled(run))
            {
                if (held > (troubled?.Memory.HeldBytes ?? 0)) troubled = run;
                (memory, waiting) = (memory - held, waiting - held);
                continue;
            }
            if (run.Parts.Any(p => p.IsStalled)) isNeeded = true;
            if (run.IsFlushing) waiting -= held;
            else if (held > 0) heavy.Add((held, run));
        }
        heavy.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        foreach (var (held, run) in heavy)
        {
            if (waiting <= memory - Math.Max(held, memory / 4)) break;
            run.RequestFlush(null, Urgency.Pressing);
            waiting -= held;
        }
        if (isNeeded && troubled is not null) GiveUpPlace(troubled, "its memory is needed");
    }

    /// <summary>
    /// The lane's log is full: the table whose rows hold most of it is flushed, or gives its place up where it cannot be.
    /// </summary>
    internal void RelieveLog(Lane lane)
    {
        Found.Forget();
        // An entry that says where reading begins may lie at the front for as long as no record comes.
        if (lane.Log.Pins.Oldest is { Owner: null })
            foreach (var table in Tables.All) table.KeepStartsAnew(lane.Log);
        if (lane.Log.Pins.Oldest?.Owner is not { Failure: null } run) return;
        if (IsTroubled(run))
        {
            // Alone it may as well wait: nobody else needs the room.
            if (Tables.All.Any(t => t.Run is { Failure: null } other && !ReferenceEquals(other, run)))
                GiveUpPlace(run, "its room in the log is needed");
        }
        else
        {
            run.RequestFlush(null, Urgency.Pressing);
        }
    }

    /// <summary>Its flush has not come on for a while: the catalog or the store is away for it.</summary>
    internal bool IsTroubled(TableRun run) =>
        run.Flush is { TroubleSinceMs: not 0 and var since } && clock.MonotonicMs - since >= TroubledMs;

    /// <summary>Lanes have joined: a table of which no partition came is as good as running.</summary>
    internal void ShowTablesWithoutPartitions()
    {
        if (!Lanes.All(l => l.HasJoined)) return;
        foreach (var table in Tables.All)
            if (table.Run is { Parts.IsEmpty: true, Failure: null })
                table.ShowRunning(table.Topics.Missing.IsEmpty
                    ? "no partition is assigned here: other members of the group read them all, or its topics have none"
                    : "no partition is assigned here");
    }

    public void Dispose()
    {
        Stop.Dispose();
        Queries.Dispose();
        Pool.Dispose();
        Index.Dispose();
        Stores.Dispose();
    }

    private bool IsReliefDue()
    {
        var now = clock.MonotonicMs;
        var due = Volatile.Read(ref nextReliefMs);
        return now >= due && Interlocked.CompareExchange(ref nextReliefMs, now + Math.Max(ReliefMs, TableCount / 50), due) == due;
    }

    private static void GiveUpPlace(TableRun run, string why) =>
        run.Fail(new(ErrorKind.Unavailable,
            $"table {run.Table.Name}: {why}, "
                + $"and its rows cannot be flushed ({run.Flush?.Trouble}); they are fetched again when they can be"));
}
