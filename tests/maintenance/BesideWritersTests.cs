using K2I.Iceberg;
using K2I.Iceberg.Tests;

namespace K2I.Maintenance.Tests;

/// <summary>Jobs go on while others commit to the table: nothing that came meanwhile is lost, and what the job wanted is done.</summary>
public sealed class BesideWritersTests : IDisposable
{
    private readonly KeptTable kept = new("bucket(8, id)");

    public BesideWritersTests()
    {
        for (var at = 0; at < 12; at++) kept.Append(Bucket(at % 8));
    }

    private TableMetadata Metadata => kept.Table.Metadata;

    public void Dispose() => kept.Dispose();

    [Theory]
    [InlineData(JobKind.Expiry)]
    [InlineData(JobKind.Orphans)]
    [InlineData(JobKind.Manifests)]
    [InlineData(JobKind.Retention)]
    public void WhatComesBetweenTwoStepsStays(JobKind kind)
    {
        var plan = PlanOf(kind);
        var gone = plan is RetentionPlan retention ? retention.Files.Select(f => f.FilePath).ToHashSet(StringComparer.Ordinal) : [];
        var wanted = TestTables.LivePaths(kept.Table, kept.Stored).Where(p => !gone.Contains(p)).ToHashSet(StringComparer.Ordinal);
        using var job = plan.Start(kept.Context);
        for (var commits = 0; ; commits++)
        {
            if (commits < 20) wanted.Add(kept.Append(Bucket(commits % 8)).FilePath);
            kept.RequireWhole();
            if (!job.Step()) break;
        }
        Assert.Null(job.Outcome!.Conflict);
        Assert.Equal(wanted.Order(StringComparer.Ordinal), TestTables.LivePaths(kept.Table, kept.Stored));
        kept.RequireWhole();
        Assert.True(kind == JobKind.Orphans || Metadata.Snapshots.Length > 0);
    }

    private JobPlan PlanOf(JobKind kind)
    {
        var reader = new ManifestReader(kept.Stored);
        return kind switch
        {
            JobKind.Expiry => ExpiryPlanner.Plan(Metadata, new ExpiryPolicy { MaxAgeMs = 0, MinSnapshots = 1 }, [], kept.Clock.UnixMs)!,
            JobKind.Orphans => OrphanPlanner.Plan(Metadata, new OrphanPolicy { GraceMs = -1_000_000, Remove = true, Force = true })!,
            JobKind.Manifests => ManifestPlanner.Plan(Metadata, reader.Manifests(Metadata, Metadata.CurrentSnapshot!),
                new ManifestPolicy { MostSmall = 5 })!,
            _ => new RetentionPlan("asked for", [.. reader.LiveEntries(Metadata, Metadata.CurrentSnapshot!).Take(3).Select(e => e.File)]),
        };
    }

    private static PartitionTuple Bucket(int number) => new([SingleValue.OfInt(number)]);
}
