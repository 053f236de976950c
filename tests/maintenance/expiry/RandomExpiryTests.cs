using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>After any history of a table, every snapshot that stays reads as it did.</summary>
public sealed class RandomExpiryTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, 21)]
    [InlineData(3, 22)]
    [InlineData(3, 23)]
    [InlineData(2, 24)]
    public void EverySnapshotThatStaysHoldsWhatItHeld(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = new LocalStore(folder.Path);
        var table = new ModelTable(store, "t", formatVersion, random) { ShareVectorFiles = seed % 2 > 0 };
        var use = new TestUse();
        using var buffers = new ParquetBuffers();
        var context = new JobContext
        {
            Ident = TableIdent.Parse("db.t"),
            Catalog = new FileCatalog(store, store.Root),
            Store = store,
            Use = use,
            Buffers = buffers,
        };
        var removed = 0;
        for (var round = 0; round < 12; round++)
        {
            for (var step = 0; step < 6; step++) RandomSteps.Step(table, random);
            var snapshots = table.Table.Metadata.Snapshots;
            use.Snapshots.Clear();
            if (random.Next(2) == 0 && snapshots.Length > 0) use.Snapshots.Add(snapshots[random.Next(snapshots.Length)].SnapshotId);
            var policy = new ExpiryPolicy { MaxAgeMs = -1, MinSnapshots = random.Next(1, 5) };
            if (ExpiryPlanner.Plan(table.Table.Metadata, policy, use.SnapshotsInUse(), context.Clock.UnixMs) is not { } plan) continue;
            using var job = plan.Start(context);
            var stop = random.Next(3) == 0 ? random.Next(12) : int.MaxValue;
            for (var step = 0; step < stop && job.Step(); step++) continue;
            removed += job.Outcome?.FilesRemoved ?? 0;
            Assert.Empty(job.Outcome?.Notes ?? []);
            table.Compare();
        }
        output.WriteLine($"{removed} files removed");
        Assert.True(removed > 0);
    }
}
