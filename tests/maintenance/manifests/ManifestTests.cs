using System.Collections.Immutable;
using K2I.Iceberg;
using K2I.Iceberg.Tests;

namespace K2I.Maintenance.Tests;

/// <summary>Manifests are written anew where they are many or badly sorted, and then are not any more.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly KeptTable kept = new("bucket(100, id)");

    public void Dispose() => kept.Dispose();

    [Fact]
    public void ManySmallManifestsBecomeFew()
    {
        for (var at = 0; at < 5; at++) kept.Append(Bucket(at));
        Assert.Null(Plan(new ManifestPolicy { MostSmall = 5 }));
        kept.Append(Bucket(5));
        var plan = Plan(new ManifestPolicy { MostSmall = 5 })!;
        Assert.Matches("^6 data manifests of .* on average, where 1 of 8 MiB would do$", plan.Reason);
        var before = kept.Table;
        var outcome = kept.Run(plan);
        Assert.Equal((6, 1), (outcome.FilesIn, outcome.FilesOut));
        Assert.Single(Manifests());
        Assert.Equal(TestTables.LivePaths(before, kept.Stored), TestTables.LivePaths(kept.Table, kept.Stored));
        Assert.Equal($"on {before.Metadata.CurrentSnapshotId}", kept.Table.Metadata.CurrentSnapshot!.Summary[TestUse.SummaryKey]);
        Assert.Null(Plan(new ManifestPolicy { MostSmall = 5 }));
        kept.RequireWhole();
    }

    [Fact]
    public void ManifestsThatOverlapAreSortedApart()
    {
        // Every manifest is large, and has files of the lowest and of the highest buckets.
        Set("commit.manifest-merge.enabled", "false");
        for (var at = 0; at < 10; at++) kept.Commit(TestTables.Append([kept.Store(Bucket(at)), kept.Store(Bucket(99 - at))]));
        Set("commit.manifest.target-size-bytes", "1");
        var plan = Plan(new ManifestPolicy())!;
        Assert.Matches("^10 data manifests, of which two overlap in id_bucket in 100 of 100 cases$", plan.Reason);
        Assert.True(plan.All);
        var before = kept.Table;
        kept.Run(plan);
        Assert.Equal(TestTables.LivePaths(before, kept.Stored), TestTables.LivePaths(kept.Table, kept.Stored));
        var lowest = Manifests().Select(m => SingleValue.ToLong(m.Partitions[0].LowerBound!)).ToList();
        Assert.Equal(20, lowest.Count);
        Assert.Equal(lowest.Order(), lowest);
        Assert.Null(Plan(new ManifestPolicy()));
        kept.RequireWhole();
    }

    [Fact]
    public void AJobOnATableWithoutRowsDoesNothing()
    {
        Assert.Null(Plan(new ManifestPolicy { MostSmall = 0 }));
        Assert.Null(kept.Run(new ManifestPlan("asked for", All: true)).Snapshot);
    }

    private void Set(string key, string value) => kept.Commit(new SetTableProperties { Updates = TestTables.Strings((key, value)) });

    private ManifestPlan? Plan(ManifestPolicy policy) => ManifestPlanner.Plan(kept.Table.Metadata, Manifests(), policy);

    private IReadOnlyList<ManifestFile> Manifests() =>
        kept.Table.Metadata.CurrentSnapshot is { } snapshot ? new ManifestReader(kept.Stored).Manifests(kept.Table.Metadata, snapshot) : [];

    private static PartitionTuple Bucket(int number) => new([SingleValue.OfInt(number)]);
}
