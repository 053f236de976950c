using K2I.Base;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>
/// A table in memory, and what jobs need to work on it. Its files are small blobs under names of data files, unless a test writes rows.
/// </summary>
internal sealed class KeptTable : IDisposable
{
    private readonly ParquetBuffers buffers = new();
    private readonly AgedClock storeClock;
    private int files;

    public KeptTable(string partitionBy = "", int formatVersion = 2)
    {
        storeClock = new AgedClock(Clock);
        Stored = new MemoryStore("s3://bucket/warehouse", storeClock);
        Faults = new FaultyStore(Stored);
        Catalog = new FileCatalog(Faults, Stored.Root, Clock);
        Committer.LoadOrCreate(TestTables.Events, TestTables.Creation(partitionBy, formatVersion));
    }

    public FakeClock Clock { get; } = new();

    public MemoryStore Stored { get; }

    /// <summary>What the table and its jobs go through; its N-th changing call may fail.</summary>
    public FaultyStore Faults { get; }

    public FileCatalog Catalog { get; }

    public TestUse Use { get; } = new();

    public CollectingLog Log { get; } = new();

    public TableCommitter Committer => new(Catalog, Faults, clock: Clock, sleepMs: _ => { });

    public Table Table => Catalog.Load(TestTables.Events);

    public JobContext Context => new()
    {
        Ident = TestTables.Events,
        Catalog = Catalog,
        Store = Faults,
        Use = Use,
        Buffers = buffers,
        Clock = Clock,
        Log = Log,
    };

    /// <summary>The text of every file that the table names, from any snapshot: what a reader could ask for.</summary>
    public IEnumerable<string> Named()
    {
        var table = Table.Metadata;
        var reader = new ManifestReader(Stored);
        foreach (var snapshot in table.Snapshots)
        {
            yield return snapshot.ManifestList!;
            foreach (var manifest in reader.Manifests(table, snapshot)) yield return manifest.Path;
            foreach (var entry in reader.LiveEntries(table, snapshot)) yield return entry.File.FilePath;
        }
    }

    public DataFile Store(PartitionTuple? partition = null, string? path = null)
    {
        var file = TestTables.File(Table, $"f{files++}", partition: partition);
        if (path is not null) file = file with { FilePath = path };
        Stored.Put(file.FilePath, new byte[file.FileSizeBytes]);
        return file;
    }

    /// <summary>Puts an object that looks as if it had been there for so long.</summary>
    public void Put(string location, int bytes, long ageMs)
    {
        storeClock.AgeMs = ageMs;
        Stored.Put(location, new byte[bytes]);
        storeClock.AgeMs = 0;
    }

    public DataFile Append(PartitionTuple? partition = null)
    {
        var file = Store(partition);
        Commit(TestTables.Append(file));
        return file;
    }

    public Table Commit(TableAction action)
    {
        Clock.Pass(1_000);
        var result = Committer.Commit(TestTables.Events, action);
        Assert.True(result.Status == CommitStatus.Committed, result.Reason);
        return result.Table;
    }

    /// <summary>Does the whole of a job.</summary>
    public JobOutcome Run(JobPlan? plan)
    {
        Assert.NotNull(plan);
        using var job = plan.Start(Context);
        Finish(job);
        return job.Outcome!;
    }

    /// <summary>Goes on until the end or the first error, which is one that passes. Nothing is tried again.</summary>
    public void FinishOrFail(MaintenanceJob job)
    {
        using var scope = new CallScope(Clock);
        scope.End();
        using var entered = scope.Enter();
        try
        {
            Finish(job);
        }
        catch (EngineException error)
        {
            Assert.True(error.Kind is ErrorKind.Unavailable or ErrorKind.Unknown or ErrorKind.Conflict, error.ToString());
        }
    }

    public static void Finish(MaintenanceJob job)
    {
        var progress = 0.0;
        while (job.Step())
        {
            Assert.InRange(job.Progress, progress, 1);
            progress = job.Progress;
        }
        Assert.False(job.Step());
        Assert.NotNull(job.Outcome);
    }

    /// <summary>Every file that a snapshot of the table names is there, and the format's rules hold.</summary>
    public void RequireWhole()
    {
        foreach (var path in Named()) Assert.True(Stored.Exists(path), path);
        Assert.Empty(new TableLinter(Stored).Check(Table).Where(f => f.Severity == Severity.Error));
    }

    public void Dispose() => buffers.Dispose();

    private sealed class AgedClock(FakeClock clock) : IClock
    {
        public long AgeMs { get; set; }

        public long UnixMs => clock.UnixMs - AgeMs;

        public long MonotonicMs => clock.MonotonicMs;

        public void Sleep(long ms) => clock.Sleep(ms);

        public ILatch CreateLatch(bool isSet = false) => clock.CreateLatch(isSet);
    }
}
