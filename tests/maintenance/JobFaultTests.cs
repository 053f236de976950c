using K2I.Base;
using K2I.Iceberg;
using K2I.Iceberg.Tests;

namespace K2I.Maintenance.Tests;

/// <summary>
/// Whichever call of the store fails, once or from then on, as when it is away or full: nothing that the table names is gone, and once the
/// store is well the job is done.
/// </summary>
public sealed class JobFaultTests
{
    [Theory]
    [InlineData(JobKind.Manifests)]
    [InlineData(JobKind.Retention)]
    [InlineData(JobKind.Orphans)]
    public void WhicheverCallFailsTheTableIsWholeAndTheNextTryDoesIt(JobKind kind)
    {
        foreach (var fault in (FaultyStore.Fault[])[FaultyStore.Fault.Before, FaultyStore.Fault.After, FaultyStore.Fault.FromThenOn])
            for (var at = 1; Fails(kind, fault, at); at++) Assert.True(at < 150);
    }

    /// <summary>False where there are fewer calls.</summary>
    private static bool Fails(JobKind kind, FaultyStore.Fault fault, int at)
    {
        using var kept = new KeptTable();
        for (var files = 0; files < 6; files++) kept.Append();
        for (var lost = 0; lost < 3; lost++) kept.Put($"{kept.Table.Metadata.Location}/data/lost-{lost}.parquet", 10, 9 * 86_400_000L);
        kept.Faults.Arm(fault, at);
        using (var job = PlanOf(kind, kept).Start(kept.Context)) kept.FinishOrFail(job);
        var fired = kept.Faults.Fired;
        kept.Faults.Arm(FaultyStore.Fault.None, 0);
        kept.RequireWhole();
        if (Done(kind, kept)) return fired;
        Assert.Null(kept.Run(PlanOf(kind, kept)).Conflict);
        Assert.True(Done(kind, kept));
        kept.RequireWhole();
        return fired;
    }

    private static JobPlan PlanOf(JobKind kind, KeptTable kept)
    {
        var metadata = kept.Table.Metadata;
        var reader = new ManifestReader(kept.Stored);
        return kind switch
        {
            JobKind.Manifests => new ManifestPlan("asked for", All: true),
            JobKind.Orphans => OrphanPlanner.Plan(metadata, new OrphanPolicy { Remove = true, Force = true })!,
            _ => new RetentionPlan("asked for", [.. reader.LiveEntries(metadata, metadata.CurrentSnapshot!).Take(3).Select(e => e.File)]),
        };
    }

    private static bool Done(JobKind kind, KeptTable kept)
    {
        var metadata = kept.Table.Metadata;
        var reader = new ManifestReader(kept.Stored);
        return kind switch
        {
            JobKind.Manifests => reader.Manifests(metadata, metadata.CurrentSnapshot!).Count == 1,
            JobKind.Orphans => !kept.Stored.List(metadata.Location + "/").Any(f => f.Location.Contains("lost-", StringComparison.Ordinal)),
            _ => reader.LiveEntries(metadata, metadata.CurrentSnapshot!).Count() == 3,
        };
    }
}
