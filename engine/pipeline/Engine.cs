using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// The engine: lanes that fetch for any number of tables, workers that flush them. It makes no threads: whoever assembles the process gives
/// each of <see cref="Workers"/> one.
/// </summary>
/// <remarks>Any thread may call <see cref="Status"/> and <see cref="RequestStop"/>. Workers end after a stop, each within the shutdown time; then dispose.</remarks>
public sealed class Engine : IDisposable
{
    /// <summary>For how long after the start logs keep what they held for tables and partitions that have not come yet.</summary>
    private const int KeepFoundMs = 60_000;

    private readonly EngineContext context;
    private readonly EncodeTeam? team;
    private readonly FormerLogs formerLogs;
    private readonly long startedUnixMs;
    private readonly long startedMs;
    private readonly IDisposable dataLock;
    private int lanesLeft;
    private int workersLeft;

    /// <summary>Takes the data directory, and reads the logs in it; throws Conflict while another process has it.</summary>
    public Engine(EngineOptions options, EngineServices services, ILog log)
    {
        (startedUnixMs, startedMs) = (services.Clock.UnixMs, services.Clock.MonotonicMs);
        services.Files.CreateDirectory(options.DataDirectory);
        dataLock = services.Files.Lock(Path.Combine(options.DataDirectory, "lock"));
        KillPoint.Hit("engine.locked");
        (lanesLeft, workersLeft) = (options.Lanes, options.FlushThreads);
        team = options.EncodeHelpers > 0 ? new EncodeTeam(options.EncodeHelpers, options.FlushThreads, services.Clock) : null;
        context = new(options, services, team, log);
        var logs = new List<LaneLog>();
        try
        {
            for (var i = 0; i < options.Lanes; i++) logs.Add(LaneLog.Open(services, options, LaneLog.NameOf(i), isInUse: true, log));
            foreach (var name in FormerLanes(options, services)) logs.Add(LaneLog.Open(services, options, name, isInUse: false, log));
            KillPoint.Hit("engine.logs-open");
            context.Found = FoundLogs.Read(logs, log);
            KillPoint.Hit("engine.logs-read");
        }
        catch
        {
            foreach (var opened in logs) opened.Dispose();
            context.Dispose();
            dataLock.Dispose();
            throw;
        }
        formerLogs = new([.. logs.Skip(options.Lanes)]);
        context.Lanes = [.. logs.Take(options.Lanes).Select((l, i) => new Lane(i, context, l))];
        _ = context.Tables.Apply(options.Tables, options.Templates);
        Workers =
        [
            .. context.Lanes.Select(l => new EngineWorker($"lane {l.Index}", () => RunLane(l))),
            .. context.Lanes.Select(l => new EngineWorker($"sync {l.Index}", () => l.Log.RunSync(context.Index.Prepare))),
            .. formerLogs.All.Select((l, i) => new EngineWorker($"sync former {i}", () => l.RunSync(null))),
            .. Enumerable.Range(0, options.FlushThreads).Select(i => new EngineWorker($"flush {i}", RunFlushes)),
            .. Enumerable.Range(0, options.Maintenance.Threads).Select(i => new EngineWorker($"maintenance {i}", RunMaintenance)),
            .. Enumerable.Range(1, team is null ? 0 : options.EncodeHelpers).Select(i => new EngineWorker($"encode {i}", team!.Help)),
        ];
    }

    public ImmutableArray<EngineWorker> Workers { get; }

    public EngineStatus Status() => new(startedUnixMs, [.. context.Tables.All.Select(t => t.Status())],
        [.. context.Lanes.Select(LaneStatus.Of)], Breaker())
    {
        RefusedTopics = context.Tables.Refused,
        FlushedBytes = context.Pool.FlushedBytes,
        PinnedBytes = context.Pool.PinnedBytes,
        IndexBytes = context.Index.HeldBytes,
    };

    /// <summary>
    /// These are the tables from now on: new ones begin, those that are no more are flushed, committed and let go, those whose options are
    /// others go on with them after a flush; the rest does not notice. Returns at once. Throws Invalid, with nothing changed, for tables
    /// that cannot be.
    /// </summary>
    public TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates)
    {
        var changes = context.Tables.Apply(tables, templates);
        context.TellLanes(new LaneMessage.TablesChanged());
        return changes;
    }

    /// <summary>The names of the tables, as the configuration has them.</summary>
    public IReadOnlyList<string> Tables => [.. context.Tables.All.Select(t => t.Name).Order(StringComparer.Ordinal)];

    /// <summary>
    /// A table at this moment, for readers, by its name in the configuration: null where there is none of that name. Throws Unavailable
    /// while it cannot be read. Waits for nobody, and nobody waits for it. <paramref name="withLeases"/>: it keeps its rows in memory, and
    /// the caller disposes of the leases; otherwise it says how far the table is, and no more.
    /// </summary>
    public TableCut? Cut(string table, bool withLeases) => context.Tables.Find(table)?.Cut(withLeases);

    /// <summary>
    /// Another number wherever <see cref="Cut"/> may give another cut; a look costs some nanoseconds. Null where there is no table of
    /// that name.
    /// </summary>
    public long? MomentOf(string table) => context.Tables.Find(table)?.Moment;

    /// <summary>
    /// What others have committed to the table is looked for soon, at most twice a second; nothing where there is no table of that name.
    /// </summary>
    public void Refresh(string table) => context.Tables.Find(table)?.AskForLook();

    /// <summary>There is a table of the name.</summary>
    public bool Has(string table) => context.Tables.Find(table) is not null;

    /// <summary>The columns that rows of the table are found by; none where it has no key, or is none.</summary>
    public ImmutableArray<string> KeyOf(string table) => context.Tables.Find(table)?.Options.Key ?? [];

    /// <summary>
    /// The newest row in memory of a key, its values as texts in the order of <see cref="KeyOf"/>: null where none has it, and then a cut
    /// that is made afterwards has the newest in its snapshot, if any. Throws Invalid for what is no value of its column, Unavailable as
    /// <see cref="Cut"/> does. Waits for nobody.
    /// </summary>
    public FoundRow? Find(string table, IReadOnlyList<string?> key) => context.Tables.Find(table)?.Find(key);

    /// <summary>Records wait to be fetched, or rows for memory, log or a flush; looked at once a second.</summary>
    public bool IsBehind => context.IngestIsBehind;

    /// <summary>What readers keep in memory of rows that are given up: beside the budget.</summary>
    public long PinnedBytes => context.Pool.PinnedBytes;

    /// <summary>
    /// Called where <see cref="PinnedBytes"/> may have grown, by whichever thread: must not wait. Set before the workers begin.
    /// </summary>
    public Action? OnPinned
    {
        get => context.Pool.OnPinned;
        set => context.Pool.OnPinned = value;
    }

    /// <summary>Asks every table to flush, commit and leave. Returns at once.</summary>
    public void RequestStop() => context.Stop.End();

    /// <summary>After the workers have ended.</summary>
    public void Dispose()
    {
        foreach (var table in context.Tables.All) table.Stop();
        context.Found.Forget();
        foreach (var lane in context.Lanes) lane.Dispose();
        formerLogs.Dispose();
        context.Dispose();
        dataLock.Dispose();
    }

    /// <summary>Logs of lanes that are no more.</summary>
    private static IEnumerable<string> FormerLanes(EngineOptions options, EngineServices services)
    {
        var root = LaneLog.RootOf(options.DataDirectory);
        return services.Files.ListDirectories(root).Where(n =>
            n.StartsWith("lane-", StringComparison.Ordinal) && int.TryParse(n.AsSpan(5), out var number) && number >= options.Lanes);
    }

    private void RunLane(Lane lane)
    {
        try
        {
            lane.Run();
        }
        catch (Exception error)
        {
            foreach (var table in context.Tables.All) table.ShowFailed(error.Message);
            throw;
        }
        finally
        {
            // The last to leave ends the workers: nothing more can come to them.
            if (Interlocked.Decrement(ref lanesLeft) == 0)
            {
                foreach (var table in context.Tables.All) table.EndCalls();
                context.Work.Close();
                context.Upkeep.Close();
                foreach (var other in context.Lanes) other.Log.End();
                formerLogs.End();
            }
        }
    }

    private void RunFlushes()
    {
        try
        {
            while (context.Work.Take() is { } table)
            {
                var due = long.MaxValue;
                try
                {
                    due = table.Work();
                }
                finally
                {
                    context.Work.Done(table, due);
                }
                if (context.Services.Clock.MonotonicMs - startedMs < KeepFoundMs) continue;
                if (!context.Found.IsForgotten) context.Found.Forget();
                formerLogs.RemoveUnneeded();
            }
        }
        finally
        {
            team?.Leave();
            if (Interlocked.Decrement(ref workersLeft) == 0)
                foreach (var table in context.Tables.All) table.Stop();
        }
    }

    private void RunMaintenance()
    {
        var pace = new MaintenancePace(context);
        var options = context.Options.Maintenance;
        while (context.Upkeep.Take() is { } table)
        {
            var due = long.MaxValue;
            try
            {
                due = table.Maintenance.Work(pace, options.MemoryBytes);
            }
            finally
            {
                context.Upkeep.Done(table, due);
            }
        }
    }

    /// <summary>The state of the worst circuit; empty where there is none.</summary>
    private string Breaker()
    {
        var circuits = context.Services.Circuits;
        if (circuits.IsEmpty) return "";
        var states = circuits.Select(c => c.Status.State).ToArray();
        return states.Contains(CircuitState.Open) ? "open" : states.Contains(CircuitState.HalfOpen) ? "half-open" : "closed";
    }
}
