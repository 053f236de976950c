using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>
/// After any history and every job, Iceberg Java finds the table as the format demands, and reads of each snapshot what it held.
/// </summary>
public sealed class JudgedUpkeepTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedFact(Judge.Program)]
    public void Version2() => Run(2, 31);

    [SharedFact(Judge.Program)]
    public void Version3() => Run(3, 32);

    private void Run(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = new LocalStore(folder.Path);
        var table = new ModelTable(store, "t", formatVersion, random);
        var use = new TestUse();
        using var buffers = new ParquetBuffers();
        using var judge = new JudgeSession();
        var context = new JobContext
        {
            Ident = TableIdent.Parse("db.t"),
            Catalog = new FileCatalog(store, store.Root),
            Store = store,
            Use = use,
            Buffers = buffers,
        };
        var done = new Dictionary<JobKind, int>();
        for (var round = 0; round < 8; round++)
        {
            for (var step = 0; step < 5; step++) RandomSteps.Step(table, random);
            foreach (var plan in Plans(table, context, use, random))
            {
                using var job = plan.Start(context);
                while (job.Step()) continue;
                Assert.Null(job.Outcome!.Conflict);
                Assert.Empty(job.Outcome.Notes);
                done[plan.Kind] = done.GetValueOrDefault(plan.Kind) + 1;
                table.Know(table.Table.Metadata, jobs: true);
                table.Compare();
            }
            judge.Check(table.Judged);
        }
        foreach (var (id, model, schema) in table.Snapshots)
            Assert.Equal(model.Lines(schema), ModelTable.Sorted(judge.Do(["read", .. table.Judged, "--snapshot", $"{id}"])));
        output.WriteLine(string.Join(", ", done.Select(d => $"{d.Key} {d.Value}")));
        Assert.Equal(4, done.Count);
    }

    private static IEnumerable<JobPlan> Plans(ModelTable table, JobContext context, TestUse use, Random random)
    {
        TableMetadata Now() => table.Table.Metadata;
        if (StatisticsPlanner.Plan(Now(), new StatisticsPolicy()) is { } statistics) yield return statistics;
        var manifests = Now().CurrentSnapshot is { } snapshot ? new ManifestReader(context.Store).Manifests(Now(), snapshot) : [];
        if (ManifestPlanner.Plan(Now(), manifests, new ManifestPolicy { MostSmall = 2 }) is { } plan) yield return plan;
        use.Snapshots.Clear();
        var snapshots = Now().Snapshots;
        if (snapshots.Length > 0) use.Snapshots.Add(snapshots[random.Next(snapshots.Length)].SnapshotId);
        var policy = new ExpiryPolicy { MaxAgeMs = -1, MinSnapshots = random.Next(1, 4) };
        if (ExpiryPlanner.Plan(Now(), policy, use.SnapshotsInUse(), context.Clock.UnixMs) is { } expiry) yield return expiry;
        // Everything looks old enough: what goes is what nothing names.
        yield return OrphanPlanner.Plan(Now(), new OrphanPolicy { GraceMs = -1_000, Remove = true, Force = true })!;
    }
}
