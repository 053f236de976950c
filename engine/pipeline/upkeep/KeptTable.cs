using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>
/// A table of the catalog that is looked after, and what is remembered of it: that of rows, or that of their dead letters. One thread at a
/// time.
/// </summary>
/// <param name="table">Whose rows or letters it has.</param>
/// <param name="engine">Of the process.</param>
/// <param name="isLetters">It has the dead letters. Nobody reads them by views of this process.</param>
internal sealed class KeptTable(TableHandle table, EngineContext engine, bool isLetters)
{
    /// <summary>So often in a row others may be in the way of rows being put in order.</summary>
    private const int MostDropped = 3;

    private readonly MaintenanceOptions options = engine.Options.Maintenance;
    private readonly Dictionary<JobKind, long> doneMs = [];
    private readonly IClock clock = engine.Services.Clock;
    private readonly long beganMs = engine.Services.Clock.MonotonicMs;
    private int dropped;

    internal bool IsLetters => isLetters;

    internal TableUse Use { get; } = new(table, engine, isLetters);

    internal OrphanQuarantine Quarantine { get; } = new(engine.Services.Files, engine.Options.DataDirectory,
        isLetters ? table.Name + DeadLetterTable.Suffix : table.Name, engine.Services.Clock, engine.Log);

    internal TableIdent IdentIn(TableRun run) => isLetters ? DeadLetterTable.IdentFor(run.Store.Ident) : run.Store.Ident;

    internal MaintenancePolicy Policy =>
        isLetters ? DeadLetterTable.PolicyOf(table.Options.Maintenance) : table.Options.Maintenance;

    /// <summary>The policy without what was done a short while ago, or what others do not let it do.</summary>
    internal MaintenancePolicy DuePolicy() => Policy with
    {
        Compaction = Policy.Compaction is { } rules ? rules with { AsTheyCome = dropped >= MostDropped } : null,
        Expiry = IsDue(JobKind.Expiry, options.ExpiryEveryMs) ? Policy.Expiry : null,
        Orphans = IsDue(JobKind.Orphans, options.OrphansEveryMs) ? Policy.Orphans : null,
        Statistics = IsDue(JobKind.Statistics, options.StatisticsEveryMs) ? Policy.Statistics : null,
    };

    /// <summary>A job of the kind came to its end.</summary>
    internal void Ended(JobKind kind, JobOutcome outcome)
    {
        doneMs[kind] = clock.MonotonicMs;
        if (kind == JobKind.Compaction) dropped = outcome.Conflict is null ? 0 : dropped + 1;
        if (kind == JobKind.Orphans) Quarantine.Looked();
    }

    private bool IsDue(JobKind kind, long everyMs)
    {
        // Snapshots of a process that is started often have to expire too.
        if (kind == JobKind.Expiry && !doneMs.ContainsKey(kind)) return true;
        // Orphans are looked for as often as that over restarts too.
        if (kind == JobKind.Orphans && !doneMs.ContainsKey(kind) && Quarantine.LookedUnixMs is > 0 and var looked)
            return clock.UnixMs - looked >= everyMs;
        return clock.MonotonicMs - doneMs.GetValueOrDefault(kind, beganMs) >= everyMs;
    }
}
