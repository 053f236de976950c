using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Parquet;

namespace K2I.Pipeline;

/// <summary>
/// Looks after one table, and that of its dead letters: plans what they need and does it, job after job. One thread at a time; what it says
/// of itself any thread reads.
/// </summary>
/// <remarks>
/// <code>
/// due? ─► this process's turn? ─► load, plan ─► job ─► job … ─► due again
///                                     ▲          │ conflict or error: later, each time twice as long
///                                     └──────────┘
/// </code>
/// Of the processes that feed a table one looks after it: the one that reads its first partition. Two may for a while, when partitions
/// move: jobs of both are decided by the table, and one finds a conflict.
/// </remarks>
internal sealed class TableMaintenance(TableHandle table, EngineContext engine)
{
    private const long LongestWaitMs = 6 * 3_600_000;

    private readonly IClock clock = engine.Services.Clock;
    private readonly MaintenanceOptions options = engine.Options.Maintenance;
    private readonly KeptTable rows = new(table, engine, isLetters: false), letters = new(table, engine, isLetters: true);
    // What the table needed before the process began it needs still.
    private long lookedMs = engine.Services.Clock.MonotonicMs - engine.Options.Maintenance.EveryMs + engine.Options.Maintenance.LookMs;
    private long lookedAtCommits;
    private long notBeforeMs;
    private int inVain;
    private long tookMs;
    private volatile MaintenanceStatus status = new();

    /// <summary>How a job ended; the later one says how its round did.</summary>
    private enum End
    {
        Done,
        Failed,
        InTheWay,
        Stopped,
    }

    internal MaintenanceStatus Status => status;

    private bool HasLetters => table.Options.DeadLetterPolicy is DeadLetterPolicy.Table or DeadLetterPolicy.Pause;

    private long LookMs => Math.Min(options.LookMs, options.EveryMs);

    /// <summary>Does what is due; when there may be more, in monotonic milliseconds.</summary>
    internal long Work(MaintenancePace pace, long memoryBytes)
    {
        var now = clock.MonotonicMs;
        if (engine.Stop.IsEnded) return long.MaxValue;
        if (WhyNot() is { } why)
        {
            if (status.Idle != why) status = status with { Idle = why, Job = "", Next = [] };
            return now + LookMs;
        }
        if (status.Idle.Length > 0) status = status with { Idle = "" };
        if (now < notBeforeMs) return notBeforeMs;
        if (!IsDue(now)) return now + LookMs;
        using var calls = engine.Stop.Enter();
        var end = End.Failed;
        tookMs = 0;
        try
        {
            end = Round(rows, pace, memoryBytes);
            if (end != End.Stopped && HasLetters && Round(letters, pace, memoryBytes) is var other && other > end) end = other;
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Fatal)
        {
            if (engine.Stop.IsEnded) return long.MaxValue;
            Failed(error.Message);
        }
        if (end is End.Failed or End.InTheWay) PutOff();
        // One job that is done says nothing of another that fails each time.
        else if (end == End.Done) inVain = 0;
        status = status with { Job = "", Next = [] };
        return clock.MonotonicMs + LookMs;
    }

    /// <summary>Why there is nothing to do here; null where there is.</summary>
    private string? WhyNot() =>
        !table.Options.IsMaintained ? "maintenance is off"
        : table.Run is not { Failure: null, Store.IsOpen: true } run ? "the table is not running"
        : !ReadsFirstPartition(run) ? "another process looks after it"
        : null;

    private bool ReadsFirstPartition(TableRun run)
    {
        var first = table.Topics.Names.Where(n => !table.Topics.Missing.Contains(n)).Min(StringComparer.Ordinal);
        return run.Parts.Any(p => p.Sources.Any(s => s.Assigned && s.Partition == 0 && s.Topic == first));
    }

    /// <summary>A table without commits is looked at once an hour, for partitions that went cold and snapshots that grew old.</summary>
    private bool IsDue(long now)
    {
        var commits = Volatile.Read(ref table.Flushes.Commits);
        if (commits - lookedAtCommits < options.EveryCommits && now - lookedMs < options.EveryMs) return false;
        (lookedMs, lookedAtCommits) = (now, commits);
        return true;
    }

    private End Round(KeptTable kept, MaintenancePace pace, long memoryBytes)
    {
        var services = engine.Services;
        if (table.Run is not { } run) return End.Stopped;
        pace.Begin();
        // There may never have been a dead letter.
        if (services.Catalog.TryLoad(kept.IdentIn(run)) is not { } loaded)
            return kept.IsLetters ? End.Done : throw new EngineException(ErrorKind.NotFound, $"table {run.Store.Ident} is not there");
        var state = TableInventory.Read(loaded, services.Objects, kept.Policy);
        var plans = new Planner(kept.DuePolicy().Within(memoryBytes), kept.Use.SnapshotsInUse(), clock.UnixMs, kept.Quarantine).Plan(state);
        if (!kept.IsLetters) status = status with { Shape = TableShape.Of(state, kept.Policy.Within(memoryBytes)) };
        using var buffers = new ParquetBuffers(memoryBytes);
        var context = new JobContext
        {
            Ident = loaded.Ident,
            Catalog = services.Catalog,
            Store = services.Objects,
            Use = kept.Use,
            Buffers = buffers,
            MemoryBytes = memoryBytes,
            Clock = clock,
            Random = services.Random,
            Log = engine.Log,
        };
        var worst = End.Done;
        for (var i = 0; i < plans.Length; i++)
        {
            if (!pace.Rest()) return End.Stopped;
            status = status with { Job = Text(kept, plans[i]), Next = [.. plans.Skip(i + 1).Select(p => Text(kept, p))] };
            var end = Try(kept, plans[i], context, pace);
            if (end > worst) worst = end;
            if (end >= End.InTheWay) break;
        }
        return worst;
    }

    /// <summary>A job that fails keeps no other from being done.</summary>
    private End Try(KeptTable kept, JobPlan plan, JobContext context, MaintenancePace pace)
    {
        try
        {
            return Do(kept, plan, context, pace);
        }
        catch (EngineException error)
            when (error.Kind is ErrorKind.Corrupt or ErrorKind.Invalid or ErrorKind.Unsupported or ErrorKind.NotFound)
        {
            if (engine.Stop.IsEnded) return End.Stopped;
            Failed($"{Text(kept, plan)}: {error.Message}");
            return End.Failed;
        }
    }

    /// <summary>One job, to its end.</summary>
    private End Do(KeptTable kept, JobPlan plan, JobContext context, MaintenancePace pace)
    {
        var started = clock.MonotonicMs;
        using var job = plan.Start(context);
        for (var more = true; more;)
        {
            pace.Begin();
            // Where it is not known whether a commit landed the job is over, and what it wrote stays: in the table, or as orphans.
            more = job.Step();
            KillPoint.Hit("maintenance.step");
            if (more && !pace.Rest()) return End.Stopped;
        }
        var outcome = job.Outcome!;
        kept.Ended(plan.Kind, outcome);
        status = status.With(outcome);
        if (plan.Kind == JobKind.Orphans && !kept.IsLetters)
            status = status with { Orphans = outcome.Orphans.Length, Unfinished = outcome.Unfinished.Length };
        tookMs = clock.MonotonicMs - started;
        Tell(context.Ident, plan, outcome);
        return outcome.Conflict is null ? End.Done : End.InTheWay;
    }

    private void Tell(TableIdent ident, JobPlan plan, JobOutcome outcome)
    {
        var files = outcome.FilesIn + outcome.FilesRemoved;
        engine.WriteEntry(table.Stream, new LogEntry.MaintenanceTask(plan.Kind.ToString(), files, outcome.Conflict ?? plan.Reason));
        if (outcome.Conflict is { } conflict)
        {
            engine.Log.Info("a job was dropped: others changed the table", ("table", ident), ("job", plan.Kind), ("reason", conflict));
            return;
        }
        engine.Log.Info("table looked after", ("table", ident), ("job", plan.Kind), ("reason", plan.Reason),
            ("files_in", outcome.FilesIn), ("files_out", outcome.FilesOut), ("bytes", outcome.BytesWritten),
            ("removed", outcome.FilesRemoved),
            ("snapshots", outcome.Snapshots), ("orphans", outcome.Orphans.Length), ("unfinished", outcome.Unfinished.Length),
            ("unfinished_aborted", outcome.UnfinishedAborted), ("took_ms", tookMs));
        foreach (var note in outcome.Notes)
            engine.Log.Info("of a table's upkeep", ("table", ident), ("job", plan.Kind), ("note", note));
    }

    private void Failed(string why)
    {
        status = status with { Failures = status.Failures + 1, LastError = why };
        engine.Log.Warn("a table could not be looked after", ("table", table.Name), ("error", why));
    }

    /// <summary>
    /// Passed over once, and not sooner than twice what the last job took: the table changes faster than that. Each time it is in vain
    /// twice as long.
    /// </summary>
    private void PutOff()
    {
        var wait = Math.Min(LongestWaitMs, 2 * Math.Max(tookMs, LookMs) << Math.Min(inVain++, 12));
        notBeforeMs = clock.MonotonicMs + (wait / 2) + engine.Services.Random.NextInt64((wait / 2) + 1);
        // As soon as that is over.
        lookedMs = notBeforeMs - options.EveryMs;
        engine.Log.Info("a table is looked after later", ("table", table.Name), ("wait_ms", notBeforeMs - clock.MonotonicMs));
    }

    private static string Text(KeptTable kept, JobPlan plan) =>
        $"{(kept.IsLetters ? "dead letters: " : "")}{plan.Kind.ToString().ToLowerInvariant()}: {plan.Reason}";
}
