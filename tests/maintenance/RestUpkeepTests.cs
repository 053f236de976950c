using K2I.Base;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>
/// Jobs through Iceberg's own catalog server, whatever becomes of their commits: every snapshot that stays holds what it held, and nothing
/// it needs is gone.
/// </summary>
public sealed class RestUpkeepTests(ITestOutputHelper output)
{
    private static readonly string[] Faults =
    [
        "",
        """{"table":"db.t","do":"apply-drop"}""",
        """{"table":"db.t","do":"apply-status","status":504}""",
        """{"table":"db.t","do":"twice"}""",
        """{"table":"db.t","do":"conflict"}""",
        """{"table":"db.t","do":"conflict","with":"property"}""",
        """{"table":"db.t","do":"status","status":503}""",
    ];

    [SharedFact(RestServer.Program)]
    public void EveryJobUnderEveryFault()
    {
        const int seed = 41;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var server = new RestServer();
        using var judge = new JudgeSession();
        using var catalog = new RestCatalog(new RestOptions { Uri = server.Uri, StorageRoots = ["file://" + server.Warehouse] });
        using var buffers = new ParquetBuffers();
        var store = new LocalStore(server.Warehouse);
        var table = new ModelTable(catalog, store, "t", 3, random) { Judged = ["db.t", "--catalog", "rest", "--uri", server.Uri] };
        var context = new JobContext
        {
            Ident = TableIdent.Parse("db.t"),
            Catalog = catalog,
            Store = store,
            Use = new TestUse(),
            Buffers = buffers,
        };
        foreach (var fault in Faults)
        {
            foreach (var kind in (JobKind[])[JobKind.Statistics, JobKind.Manifests, JobKind.Expiry, JobKind.Orphans])
            {
                for (var at = 0; at < 4; at++) table.Append(most: 12);
                table.Change(SnapshotRef.Main, add: true);
                var counted = table.Table.Metadata.CurrentSnapshotId;
                if (fault.Length > 0) server.Fail(fault);
                try
                {
                    Run(PlanOf(kind, table.Table, store), context);
                }
                catch (EngineException error) when (error.Kind is ErrorKind.Unknown or ErrorKind.Conflict)
                {
                    output.WriteLine($"{kind} under {fault}: {error.Message}");
                }
                server.NoFaults();
                if (kind == JobKind.Statistics)
                    Assert.Contains(table.Table.Metadata.Statistics, s => s.SnapshotId == counted);
                table.Know(table.Table.Metadata, jobs: true);
                table.Compare();
            }
            judge.Check(table.Judged);
        }
    }

    private static void Run(JobPlan plan, JobContext context)
    {
        using var job = plan.Start(context);
        while (job.Step()) continue;
        Assert.Null(job.Outcome!.Conflict);
    }

    private static JobPlan PlanOf(JobKind kind, Table table, LocalStore store) => kind switch
    {
        JobKind.Statistics => StatisticsPlanner.Plan(table.Metadata, StatisticsPolicy.Always)!,
        JobKind.Manifests => new ManifestPlan("asked for", All: true),
        JobKind.Expiry => ExpiryPlanner.Plan(table.Metadata, new ExpiryPolicy { MaxAgeMs = -1, MinSnapshots = 3 }, [],
            SystemClock.Instance.UnixMs)!,
        _ => OrphanPlanner.Plan(table.Metadata, new OrphanPolicy { GraceMs = -1_000, Remove = true, Force = true })!,
    };
}
