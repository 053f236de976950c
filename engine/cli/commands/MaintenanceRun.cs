using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Parquet;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Commands;

/// <summary>
/// Plans jobs of one table and does them to their end, one after another, each planned on the table as the one before left it.
/// </summary>
internal sealed class MaintenanceRun(Catalogs catalogs, EngineOptions? options, MaintenanceRequest request, Terminal terminal) : IDisposable
{
    private readonly ParquetBuffers buffers = new();
    private readonly SystemClock clock = SystemClock.Instance;

    private long MemoryBytes => options?.Maintenance.MemoryBytes ?? MaintenanceOptions.DefaultMemoryBytes;

    public void Dispose() => buffers.Dispose();

    /// <summary>Failed where a job gave way to another commit, or could not remove a file; what it says is printed.</summary>
    public ExitCode Go()
    {
        var ident = catalogs.IdentOf(request.Table);
        var table = catalogs.Catalog.Load(ident);
        var policy = Asked(MaintainedTable.Of(options, catalogs, table).Policy).Within(MemoryBytes);
        var report = new MaintenanceReport(ident, request, terminal);
        if (GarbageRule.Refusal(table.Metadata) is { } refusal
            && request.Kinds.Any(k => k is JobKind.Expiry or JobKind.Orphans)) report.Refused(refusal);
        foreach (var kind in request.Kinds)
        {
            try
            {
                Do(kind, ident, policy, report);
            }
            catch (EngineException error) when (request.Kinds.Length > 1)
            {
                report.Failed(kind, error);
            }
        }
        return report.Print();
    }

    private void Do(JobKind kind, TableIdent ident, MaintenancePolicy policy, MaintenanceReport report)
    {
        // Only a look shows whether there are orphans: where that is all that is asked for, a dry run looks.
        var looks = kind == JobKind.Orphans && request.Kinds.Length == 1;
        var state = TableInventory.Read(catalogs.Catalog.Load(ident), catalogs.Store, policy);
        var plans = new Planner(policy, OffsetCarrier.Instance.SnapshotsInUse(), clock.UnixMs).Plan(kind, state);
        if (plans.IsEmpty) report.NothingToDo(kind);
        foreach (var plan in plans)
        {
            if (request.DryRun && !looks) report.Planned(plan);
            else report.Done(plan, Do(plan, ident));
        }
    }

    private JobOutcome Do(JobPlan plan, TableIdent ident)
    {
        using var job = plan.Start(new JobContext
        {
            Ident = ident,
            Catalog = catalogs.Catalog,
            Store = catalogs.Store,
            Use = OffsetCarrier.Instance,
            Buffers = buffers,
            MemoryBytes = MemoryBytes,
            Clock = clock,
        });
        using var progress = new ProgressLine(terminal, clock, MaintenanceReport.WordFor(plan.Kind), request.Json);
        while (job.Step()) progress.Show(job.Progress);
        return job.Outcome!;
    }

    /// <summary>What the command line says comes before all else. By hand orphans are removed only where it says so.</summary>
    private MaintenancePolicy Asked(MaintenancePolicy policy)
    {
        var expiry = policy.Expiry ?? new ExpiryPolicy();
        if (request.OlderThanMs is not null || request.KeepSnapshots is not null)
        {
            var (age, keep) = (request.OlderThanMs ?? expiry.MaxAgeMs, request.KeepSnapshots ?? expiry.MinSnapshots);
            expiry = new ExpiryPolicy { MaxAgeMs = age, MinSnapshots = keep, Insists = true };
        }
        var orphans = policy.Orphans ?? new OrphanPolicy();
        // Who asks for statistics alone wants those of the newest snapshot.
        var statistics = request.Kinds is [JobKind.Statistics] ? StatisticsPolicy.Always : policy.Statistics;
        // By hand it is done now, also for what a running process would wait with.
        var compaction = (policy.Compaction ?? new CompactionPolicy()) with { SettleMs = 0, QuietMs = 0, Where = request.Where };
        return policy with
        {
            Compaction = request.Order is { } order ? compaction with { Order = order } : compaction,
            Statistics = statistics,
            Expiry = expiry,
            Orphans = orphans with
            {
                Remove = request.Remove && !request.DryRun,
                GraceMs = request.OlderThanMs ?? orphans.GraceMs,
                Force = request.Force,
                Location = request.Location is { } location ? Location.FromConfig(location) : null,
            },
        };
    }
}
