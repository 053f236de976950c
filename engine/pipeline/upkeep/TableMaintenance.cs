using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Parquet;

namespace K2I.Pipeline;

/// <summary>
/// Looks after one table: plans what it needs and does it, job after job. One thread at a time; what it says of itself any thread reads.
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
    /// <summary>When it is looked whether there is something to look at, at most.</summary>
    private const long MostLookMs = 30_000;

    private const long FirstWaitMs = 60_000, LongestWaitMs = 6 * 3_600_000;

    private readonly IClock clock = engine.Services.Clock;
    private readonly MaintenanceOptions options = engine.Options.Maintenance;
    private readonly TableUse use = new(table, engine);
    private readonly OrphanQuarantine quarantine = new(engine.Services.Clock);
    private readonly long beganMs = engine.Services.Clock.MonotonicMs;
    private long lookedMs = engine.Services.Clock.MonotonicMs;
    private long lookedAtCommits;
    private long notBeforeMs;
    private int inVain;
    private readonly Dictionary<JobKind, long> doneMs = [];
    private volatile MaintenanceStatus status = new();

    internal MaintenanceStatus Status => status;

    private long LookMs => Math.Min(MostLookMs, options.EveryMs);

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
        try
        {
            Round(pace, memoryBytes);
        }
        catch (EngineException error) when (error.Kind != ErrorKind.Fatal)
        {
            if (engine.Stop.IsEnded) return long.MaxValue;
            Failed(error.Message);
        }
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

    private void Round(MaintenancePace pace, long memoryBytes)
    {
        var (services, policy) = (engine.Services, table.Options.Maintenance);
        pace.Begin();
        var loaded = services.Catalog.Load(table.Run!.Store.Ident);
        var state = TableInventory.Read(loaded, services.Objects, policy);
        var plans = Planner.Plan(state, Due(policy), use.SnapshotsInUse(), clock.UnixMs, quarantine);
        Describe(state, policy);
        using var buffers = new ParquetBuffers(memoryBytes);
        var context = new JobContext
        {
            Ident = loaded.Ident,
            Catalog = services.Catalog,
            Store = services.Objects,
            Use = use,
            Buffers = buffers,
            MemoryBytes = memoryBytes,
            Clock = clock,
            Random = services.Random,
            Log = engine.Log,
        };
        var inVainBefore = inVain;
        for (var i = 0; i < plans.Length && pace.Rest(); i++)
        {
            status = status with { Job = Text(plans[i]), Next = [.. plans.Skip(i + 1).Select(Text)] };
            if (!Try(plans[i], context, pace)) return;
        }
        // One job that is done says nothing of another that fails each time.
        if (inVain == inVainBefore) inVain = 0;
    }

    /// <summary>The policy without what was done a short while ago.</summary>
    private MaintenancePolicy Due(MaintenancePolicy policy) => policy with
    {
        Expiry = IsDue(JobKind.Expiry, options.ExpiryEveryMs) ? policy.Expiry : null,
        Orphans = IsDue(JobKind.Orphans, options.OrphansEveryMs) ? policy.Orphans : null,
        Statistics = IsDue(JobKind.Statistics, options.StatisticsEveryMs) ? policy.Statistics : null,
    };

    private bool IsDue(JobKind kind, long everyMs) => clock.MonotonicMs - doneMs.GetValueOrDefault(kind, beganMs) >= everyMs;

    /// <summary>A job that fails keeps no other from being done; false at a stop, or where others are in the way.</summary>
    private bool Try(JobPlan plan, JobContext context, MaintenancePace pace)
    {
        try
        {
            return Do(plan, context, pace);
        }
        catch (EngineException error)
            when (error.Kind is ErrorKind.Corrupt or ErrorKind.Invalid or ErrorKind.Unsupported or ErrorKind.NotFound)
        {
            Failed($"{Text(plan)}: {error.Message}");
            return !engine.Stop.IsEnded;
        }
    }

    /// <summary>One job, to its end; false at a stop, or where others are in the way.</summary>
    private bool Do(JobPlan plan, JobContext context, MaintenancePace pace)
    {
        var started = clock.MonotonicMs;
        using var job = plan.Start(context);
        for (var more = true; more;)
        {
            pace.Begin();
            // Where it is not known whether a commit landed the job is over, and what it wrote stays: in the table, or as orphans.
            more = job.Step();
            KillPoint.Hit("maintenance.step");
            if (more && !pace.Rest()) return false;
        }
        doneMs[plan.Kind] = clock.MonotonicMs;
        var outcome = job.Outcome!;
        status = status.With(outcome);
        Tell(plan, outcome, clock.MonotonicMs - started);
        if (outcome.Conflict is null) return true;
        PutOff(2 * (clock.MonotonicMs - started));
        return false;
    }

    private void Tell(JobPlan plan, JobOutcome outcome, long tookMs)
    {
        var files = outcome.FilesIn + outcome.FilesRemoved;
        engine.WriteEntry(table.Stream, new LogEntry.MaintenanceTask(plan.Kind.ToString(), files, outcome.Conflict ?? plan.Reason));
        if (outcome.Conflict is { } conflict)
        {
            engine.Log.Info("a job was dropped: others changed the table", ("table", table.Name), ("job", plan.Kind), ("reason", conflict));
            return;
        }
        engine.Log.Info("table looked after", ("table", table.Name), ("job", plan.Kind), ("reason", plan.Reason),
            ("files_in", outcome.FilesIn), ("files_out", outcome.FilesOut), ("bytes", outcome.BytesWritten),
            ("removed", outcome.FilesRemoved),
            ("snapshots", outcome.Snapshots), ("took_ms", tookMs));
        foreach (var note in outcome.Notes)
            engine.Log.Info("of a table's upkeep", ("table", table.Name), ("job", plan.Kind), ("note", note));
    }

    private void Describe(TableInventory state, MaintenancePolicy policy)
    {
        var metadata = state.Table.Metadata;
        var enough = (policy.Compaction?.TargetFileBytes ?? ParquetProperties.TargetFileBytesOf(metadata)) * 3 / 4;
        status = status with
        {
            DataFiles = state.Files.Length,
            SmallFiles = state.Files.Count(f => f.Data.File.FileSizeBytes < enough),
            OldestSnapshotUnixMs = metadata.Snapshots.Length == 0 ? 0 : metadata.Snapshots.Min(s => s.TimestampMs),
        };
    }

    private void Failed(string why)
    {
        status = status with { Failures = status.Failures + 1, LastError = why };
        PutOff();
        engine.Log.Warn("a table could not be looked after", ("table", table.Name), ("error", why),
            ("retry_ms", notBeforeMs - clock.MonotonicMs));
    }

    /// <summary>Not before long; each time it is in vain twice as long.</summary>
    private void PutOff(long leastMs = 0)
    {
        var wait = Math.Min(LongestWaitMs, Math.Max(leastMs, FirstWaitMs) << Math.Min(inVain++, 12));
        notBeforeMs = clock.MonotonicMs + (wait / 2) + engine.Services.Random.NextInt64((wait / 2) + 1);
        // As soon as that is over.
        lookedMs = notBeforeMs - options.EveryMs;
    }

    private static string Text(JobPlan plan) => $"{plan.Kind.ToString().ToLowerInvariant()}: {plan.Reason}";
}
