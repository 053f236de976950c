using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>Which snapshots go, which files go with them, and that nothing else does.</summary>
public sealed class ExpiryTests : IDisposable
{
    private const long HourMs = 3_600_000;

    private readonly KeptTable kept = new();

    private TableMetadata Metadata => kept.Table.Metadata;

    public void Dispose() => kept.Dispose();

    [Fact]
    public void SnapshotsOlderThanThePolicySaysGoButForTheLastOnes()
    {
        for (var at = 0; at < 5; at++) kept.Append();
        var policy = new ExpiryPolicy { MaxAgeMs = HourMs, MinSnapshots = 2 };
        Assert.Null(Plan(policy));
        kept.Clock.Pass(2 * HourMs);
        var last = kept.Append();
        var plan = Plan(policy);
        Assert.Equal("4 of 6 snapshots are older than 1h", plan!.Reason);
        var outcome = kept.Run(plan);
        Assert.Equal((4, 4, null), (outcome.Snapshots, outcome.FilesRemoved, outcome.Conflict));
        Assert.Equal(2, Metadata.Snapshots.Length);
        Assert.Equal(6, TestTables.LivePaths(kept.Table, kept.Stored).Count);
        Assert.True(kept.Stored.Exists(last.FilePath));
        Assert.Null(Plan(policy));
        kept.RequireWhole();
    }

    [Fact]
    public void WhatExpiredSnapshotsWroteStaysCounted()
    {
        var policy = new ExpiryPolicy { MaxAgeMs = HourMs, MinSnapshots = 1 };
        var files = Enumerable.Range(0, 3).Select(_ => kept.Append()).ToArray();
        var merged = kept.Store() with { RecordCount = files.Sum(f => f.RecordCount) };
        kept.Commit(new RewriteFiles { StartSnapshotId = Metadata.CurrentSnapshotId!.Value, Replaced = [.. files], Files = [merged] });
        // Three came, one was written again; then one more of each.
        Assert.Equal(4.0 / 3, WrittenBytes.AmplificationOf(Metadata));
        for (var round = 0; round < 2; round++)
        {
            kept.Clock.Pass(2 * HourMs);
            var before = WrittenBytes.AmplificationOf(Metadata);
            Assert.NotEqual(0, kept.Run(Plan(policy)).Snapshots);
            Assert.Single(Metadata.Snapshots);
            Assert.Equal(before, WrittenBytes.AmplificationOf(Metadata));
            kept.Append();
        }
        Assert.Equal(6.0 / 5, WrittenBytes.AmplificationOf(Metadata));
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings((WrittenBytes.Property, "no numbers")) });
        Assert.Equal(1, WrittenBytes.AmplificationOf(Metadata));
        kept.RequireWhole();
    }

    [Fact]
    public void TheTablesOwnPropertiesComeBeforeThePolicy()
    {
        for (var at = 0; at < 5; at++) kept.Append();
        kept.Clock.Pass(2 * HourMs);
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings(("history.expire.max-snapshot-age-ms", $"{3 * HourMs}")) });
        Assert.Null(Plan(new ExpiryPolicy { MaxAgeMs = 1 }));
        kept.Commit(new SetTableProperties
        {
            Updates = TestTables.Strings(("history.expire.min-snapshots-to-keep", "4")),
            Removals = ["history.expire.max-snapshot-age-ms"],
        });
        Assert.Equal(1, kept.Run(Plan(new ExpiryPolicy { MaxAgeMs = 1, MinSnapshots = 1 })).Snapshots);
    }

    [Fact]
    public void WithoutAnyWordIcebergsDefaultsHold()
    {
        for (var at = 0; at < 3; at++) kept.Append();
        kept.Clock.Pass(TableProperties.DefaultMaxSnapshotAgeMs - HourMs);
        Assert.Null(Plan(new ExpiryPolicy()));
        kept.Clock.Pass(2 * HourMs);
        Assert.Equal(2, kept.Run(Plan(new ExpiryPolicy())).Snapshots);
    }

    [Fact]
    public void FilesThatOnlyExpiredSnapshotsHadAreRemovedWithTheirBytes()
    {
        var (first, second) = (kept.Append(), kept.Append());
        kept.Commit(new RemoveFiles { Files = [first] });
        kept.Append();
        var outcome = Expire();
        Assert.False(kept.Stored.Exists(first.FilePath));
        Assert.True(kept.Stored.Exists(second.FilePath));
        Assert.True(outcome.BytesRemoved > first.FileSizeBytes);
        Assert.Empty(new TableLinter(kept.Stored).Check(kept.Table, new LintOptions { Orphans = true }));
    }

    [Fact]
    public void SnapshotsInUseStayWithAllTheirFiles()
    {
        var first = kept.Append();
        var used = Metadata.CurrentSnapshotId!.Value;
        kept.Commit(new RemoveFiles { Files = [first] });
        for (var at = 0; at < 3; at++) kept.Append();
        kept.Use.Snapshots.Add(used);
        Assert.Equal(3, Expire().Snapshots);
        Assert.NotNull(Metadata.FindSnapshot(used));
        Assert.True(kept.Stored.Exists(first.FilePath));
        kept.RequireWhole();
        kept.Use.Snapshots.Clear();
        Assert.Equal(1, Expire().Snapshots);
        Assert.False(kept.Stored.Exists(first.FilePath));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void ASnapshotThatComesIntoUseWhileItExpiresKeepsItsFiles(int asked)
    {
        var first = kept.Append();
        var used = Metadata.Snapshots[0];
        kept.Commit(new RemoveFiles { Files = [first] });
        kept.Append();
        var calls = 0;
        kept.Use.Asked = () =>
        {
            if (++calls == asked) kept.Use.Snapshots.Add(used.SnapshotId);
        };
        Expire();
        Assert.Null(Metadata.FindSnapshot(used.SnapshotId));
        Assert.True(kept.Stored.Exists(first.FilePath));
        Assert.True(kept.Stored.Exists(used.ManifestList!));
        kept.RequireWhole();
    }

    [Fact]
    public void AFileThatAWriterHasStays()
    {
        var first = kept.Append();
        kept.Commit(new RemoveFiles { Files = [first] });
        kept.Use.Files.Add(first.FilePath);
        var outcome = Expire();
        Assert.True(kept.Stored.Exists(first.FilePath));
        Assert.Contains("1 files are left to a writer that has them", outcome.Notes);
    }

    [Fact]
    public void AFileThatAnotherEngineAddedAgainStays()
    {
        var first = kept.Append();
        kept.Commit(new RemoveFiles { Files = [first] });
        kept.Append();
        kept.Append();
        kept.Commit(new AppendFiles { Files = [first], EngineName = "another" });
        Expire(keep: 2);
        Assert.True(kept.Stored.Exists(first.FilePath));
        kept.RequireWhole();
    }

    [Fact]
    public void AFileThatATagABranchOrAStagedSnapshotNeedsStays()
    {
        var files = Enumerable.Range(0, 3).Select(_ => kept.Append()).ToArray();
        var ids = Metadata.Snapshots.Select(s => s.SnapshotId).ToArray();
        kept.Commit(new ManageRefs().CreateTag("t", ids[0]).CreateBranch("b", ids[1]).CreateBranch("staged", ids[2]));
        kept.Commit(new AppendFiles("staged") { Files = [kept.Store()] });
        kept.Commit(new ManageRefs().Remove("staged"));
        kept.Commit(new RemoveFiles { Files = [.. files] });
        kept.Append();
        var staged = Metadata.Snapshots.Single(s => s.ParentSnapshotId == ids[2] && s.Operation == "append");
        var outcome = kept.Run(Plan(new ExpiryPolicy { MaxAgeMs = kept.Clock.UnixMs - staged.TimestampMs, MinSnapshots = 1 }));
        Assert.NotNull(Metadata.FindSnapshot(staged.SnapshotId));
        Assert.All(files, f => Assert.True(kept.Stored.Exists(f.FilePath)));
        Assert.True(outcome.Snapshots > 0);
        kept.RequireWhole();
    }

    [Fact]
    public void AStatisticsFileThatAnotherSnapshotHasStays()
    {
        kept.Append();
        kept.Append();
        var path = $"{Metadata.Location}/metadata/statistics.puffin";
        kept.Stored.Put(path, new byte[10]);
        foreach (var id in Metadata.Snapshots.Select(s => s.SnapshotId))
        {
            var json = $$"""{"snapshot-id":{{id}},"statistics-path":"{{path}}","file-size-in-bytes":10,{{Rest}}}""";
            kept.Catalog.Commit(kept.Table, [new MetadataUpdate.SetStatistics(new StatisticsFile(id, path, 10, json))], []);
        }
        Expire();
        Assert.True(kept.Stored.Exists(path));
        kept.Append();
        Expire();
        Assert.False(kept.Stored.Exists(path));
    }

    [Fact]
    public void NoDataFileGoesWhereAManifestThatStaysCannotBeRead()
    {
        var (first, _) = (kept.Append(), kept.Append());
        kept.Commit(new RemoveFiles { Files = [first] });
        var manifest = new ManifestReader(kept.Stored).Manifests(Metadata, Metadata.CurrentSnapshot!)[0];
        kept.Stored.Put(manifest.Path, new byte[manifest.Length]);
        using var job = Plan(Everything)!.Start(kept.Context);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => KeptTable.Finish(job)).Kind);
        Assert.True(kept.Stored.Exists(first.FilePath));
    }

    [Fact]
    public void ACatalogThatLagsBehindEndsTheJobBeforeAnyFileGoes()
    {
        kept.Append();
        kept.Append();
        var old = kept.Table;
        var last = kept.Append();
        var plan = Plan(Everything)!;
        var lagging = new LaggingCatalog(kept.Catalog, old);
        using var job = plan.Start(kept.Context with { Catalog = lagging });
        Assert.True(job.Step());
        lagging.Lags = true;
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => KeptTable.Finish(job)).Kind);
        Assert.True(kept.Stored.Exists(last.FilePath));
        kept.RequireWhole();
    }

    [Fact]
    public void ATableWhoseFilesAreNotItsAloneIsLeftAlone()
    {
        kept.Append();
        kept.Append();
        var plan = Plan(Everything);
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings(("gc.enabled", "false")) });
        Assert.Null(Plan(Everything));
        using var job = plan!.Start(kept.Context);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => job.Step()).Kind);
        Assert.Equal(2, Metadata.Snapshots.Length);
    }

    [Fact]
    public void AFileThatCannotBeRemovedIsToldOfAndNotCounted()
    {
        for (var at = 0; at < 4; at++) kept.Append();
        using var job = Plan(Everything)!.Start(kept.Context);
        Assert.True(job.Step());
        kept.Faults.Arm(FaultyStore.Fault.FromThenOn, 1);
        KeptTable.Finish(job);
        Assert.Equal((3, 0), (job.Outcome!.Snapshots, job.Outcome.FilesRemoved));
        Assert.StartsWith("3 files could not be removed, such as:", Assert.Single(job.Outcome.Notes), StringComparison.Ordinal);
        kept.RequireWhole();
    }

    [Fact]
    public void AJobThatEndsBetweenTwoStepsLeavesTheTableWhole()
    {
        for (var steps = 0; ; steps++)
        {
            var first = kept.Append();
            kept.Append();
            kept.Commit(new RemoveFiles { Files = [first] });
            kept.Append();
            using var job = Plan(Everything)!.Start(kept.Context);
            var done = 0;
            while (done < steps && job.Step()) done++;
            kept.RequireWhole();
            if (done < steps) return;
        }
    }

    [Theory]
    [InlineData((int)FaultyStore.Fault.Before)]
    [InlineData((int)FaultyStore.Fault.After)]
    [InlineData((int)FaultyStore.Fault.FromThenOn)]
    public void WhicheverCallFailsTheTableIsWhole(int kind)
    {
        for (var at = 1; ; at++)
        {
            kept.Faults.Arm(FaultyStore.Fault.None, 0);
            var first = kept.Append();
            kept.Append();
            kept.Commit(new RemoveFiles { Files = [first] });
            kept.Append();
            using var job = Plan(Everything)!.Start(kept.Context);
            kept.Faults.Arm((FaultyStore.Fault)kind, at);
            kept.FinishOrFail(job);
            kept.RequireWhole();
            if (!kept.Faults.Fired) return;
        }
    }

    private const string Rest = "\"file-footer-size-in-bytes\":1,\"blob-metadata\":[]";

    private static ExpiryPolicy Everything => new() { MaxAgeMs = 0, MinSnapshots = 1 };

    private JobOutcome Expire(int keep = 1) => kept.Run(Plan(new ExpiryPolicy { MaxAgeMs = 0, MinSnapshots = keep }));

    private ExpiryPlan? Plan(ExpiryPolicy policy) => ExpiryPlanner.Plan(Metadata, policy, kept.Use.SnapshotsInUse(), kept.Clock.UnixMs);

    /// <summary>Loads from a copy that has not seen the newest commits, where it lags.</summary>
    private sealed class LaggingCatalog(ICatalog inner, Table old) : ICatalog
    {
        public bool Lags { get; set; }

        public Table Load(TableIdent ident) => Lags ? old : inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => Lags ? old : inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements) =>
            inner.Commit(current, updates, requirements);

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
