using K2I.Base;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>
/// Files that a table does not name are found, and nothing else is; they go only where that was asked for and looks right.
/// </summary>
public sealed class OrphanTests : IDisposable
{
    private const long DayMs = 86_400_000;

    private readonly KeptTable kept = new();

    public OrphanTests()
    {
        for (var at = 0; at < 5; at++) kept.Append();
    }

    private string Home => kept.Table.Metadata.Location;

    public void Dispose() => kept.Dispose();

    [Fact]
    public void ByDefaultTheyAreToldOfAndStay()
    {
        var orphan = Lose("data/lost.parquet");
        var outcome = kept.Run(Plan(new OrphanPolicy()));
        Assert.Equal([orphan], outcome.Orphans.Select(o => o.Location));
        Assert.Equal((0, 100L), (outcome.FilesRemoved, outcome.Orphans[0].Bytes));
        Assert.True(kept.Stored.Exists(orphan));
    }

    [Fact]
    public void RemovedAreThoseThatNothingNamesAndThatAreOldEnough()
    {
        var orphans = new[] { Lose("data/lost.parquet"), Lose("data/day=2026-01-01/lost.parquet"), Lose("metadata/lost-m0.avro"),
            Lose("metadata/snap-1-1-lost.avro") };
        var young = Lose("data/young.parquet", ageMs: 3 * DayMs - 60_000);
        var future = Lose("data/future.parquet", ageMs: -DayMs);
        var outcome = Remove();
        Assert.Equal((4, 400L), (outcome.FilesRemoved, outcome.BytesRemoved));
        Assert.Empty(outcome.Orphans);
        Assert.All(orphans, o => Assert.False(kept.Stored.Exists(o)));
        Assert.True(kept.Stored.Exists(young) && kept.Stored.Exists(future));
        kept.RequireWhole();
    }

    [Fact]
    public void FilesOfEverySnapshotAreNamedAndSoAreOldVersionsAndStatistics()
    {
        var first = kept.Append();
        var id = kept.Table.Metadata.CurrentSnapshotId!.Value;
        kept.Commit(new RemoveFiles { Files = [first] });
        var statistics = Lose("metadata/statistics.puffin");
        var partitions = Lose("metadata/partitions.parquet");
        string Json(string word, string path) =>
            $$"""{"snapshot-id":{{id}},"{{word}}":"{{path}}","file-size-in-bytes":100,"file-footer-size-in-bytes":1,"blob-metadata":[]}""";
        kept.Catalog.Commit(kept.Table,
            [new MetadataUpdate.SetStatistics(new StatisticsFile(id, statistics, 100, Json("statistics-path", statistics))),
             new MetadataUpdate.SetPartitionStatistics(new StatisticsFile(id, partitions, 100, Json("statistics-path", partitions)))], []);
        kept.Clock.Pass(30 * DayMs);
        Assert.Empty(Remove().Orphans);
        Assert.True(kept.Stored.Exists(first.FilePath) && kept.Stored.Exists(statistics) && kept.Stored.Exists(partitions)
            && kept.Stored.Exists($"{Home}/metadata/{FileCatalog.HintName}"));
        kept.RequireWhole();
    }

    [Theory]
    [InlineData("data/a b.parquet", "data/a b.parquet")]
    [InlineData("data/a%2Fb.parquet", "data/a%2Fb.parquet")]
    [InlineData("data/a+b.parquet", "data/a+b.parquet")]
    [InlineData("data/a b.parquet", "data/a%20b.parquet")]
    [InlineData("data/ä.parquet", "data/%C3%A4.parquet")]
    [InlineData("data/x.parquet", "data//x.parquet")]
    public void AFileIsNamedHoweverItsNameIsSpelled(string stored, string named)
    {
        var path = Lose(stored);
        kept.Commit(TestTables.Append(TestTables.File(kept.Table, "any") with { FilePath = $"{Home}/{named}", FileSizeBytes = 100 }));
        Assert.DoesNotContain(Remove().Orphans, o => o.Location == path);
        Assert.True(kept.Stored.Exists(path));
    }

    [Theory]
    [InlineData("s3a")]
    [InlineData("S3")]
    public void OtherSpellingsOfASchemeAreTheSame(string scheme)
    {
        var path = Lose("data/x.parquet");
        kept.Commit(TestTables.Append(TestTables.File(kept.Table, "any") with { FilePath = scheme + path[2..], FileSizeBytes = 100 }));
        var outcome = Remove();
        Assert.True(kept.Stored.Exists(path));
        Assert.Empty(outcome.Notes);
    }

    [Fact]
    public void AnotherSchemeOrAuthorityIsAConflictAndNoOrphan()
    {
        var path = Lose("data/x.parquet");
        kept.Commit(TestTables.Append(
            TestTables.File(kept.Table, "any") with { FilePath = "hdfs://name:8020" + LocationKey.PathOf(path) }));
        var outcome = Remove();
        Assert.True(kept.Stored.Exists(path));
        Assert.StartsWith("1 files are named under another scheme or authority", Assert.Single(outcome.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3a://b/t/x", "s3://b/t/x", true)]
    [InlineData("s3n://B/t/x", "S3://b/t/x", true)]
    [InlineData("s3://b/t/x", "s3://c/t/x", false)]
    [InlineData("s3://b/t/x", "gs://b/t/x", false)]
    [InlineData("file:/t/x", "file:///t/x", true)]
    [InlineData("/t/x", "file:///t/x", true)]
    [InlineData("hdfs:/t/x", "hdfs://h:1/t/x", false)]
    public void PlacesAreComparedAsStoresMeanThem(string one, string other, bool same)
    {
        Assert.Equal(same, LocationKey.PlaceOf(one) == LocationKey.PlaceOf(other));
        Assert.Equal(LocationKey.Of(one), LocationKey.Of(other));
    }

    [Fact]
    public void HiddenFilesAreLeftAloneButForThoseOfPartitions()
    {
        using var hidden = new KeptTable();
        hidden.Commit(new UpdateSchema().Add("", "_day", K2I.Columns.PrimitiveType.String));
        hidden.Commit(new UpdateSpec("_day"));
        var home = hidden.Table.Metadata.Location;
        foreach (var name in (string[])["_x/a.parquet", "data/.b.parquet", "data/_c/d.parquet", "data/_day=1/e.parquet",
            "data/_daylight/f.parquet"])
            hidden.Put($"{home}/{name}", 100, 9 * DayMs);
        Assert.Equal([$"{home}/data/_day=1/e.parquet"],
            hidden.Run(OrphanPlanner.Plan(hidden.Table.Metadata, new OrphanPolicy())).Orphans.Select(o => o.Location));
    }

    [Fact]
    public void AFileOfACommitUnderWayIsNoOrphanAtAnyAge()
    {
        var path = Lose("data/flush.parquet");
        kept.Use.Files.Add(path);
        Assert.Empty(Remove().Orphans);
        Assert.True(kept.Stored.Exists(path));
    }

    [Fact]
    public void WhileASnapshotIsReadThatHasExpiredNothingGoes()
    {
        var path = Lose("data/lost.parquet");
        kept.Use.Snapshots.Add(new SnapshotId(7));
        Assert.Contains("snapshot 7 is being read and has expired", Remove().Conflict, StringComparison.Ordinal);
        Assert.True(kept.Stored.Exists(path));
        kept.Use.Snapshots.Clear();
        Assert.Equal(1, Remove().FilesRemoved);
    }

    [Fact]
    public void DataThatLiesElsewhereIsNotLookedAtAndThatIsSaid()
    {
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings(("write.data.path", "s3://bucket/elsewhere")) });
        kept.Put("s3://bucket/warehouse/elsewhere/lost.parquet", 5, 9 * DayMs);
        var outcome = Remove();
        Assert.Equal("files below s3://bucket/elsewhere (write.data.path) are not looked at", Assert.Single(outcome.Notes));
        Assert.Equal(0, outcome.FilesRemoved);
    }

    [Fact]
    public void AFileThatACommitTakesUpDuringTheSearchStays()
    {
        for (var steps = 0; ; steps++)
        {
            using var table = new KeptTable();
            table.Append();
            var path = $"{table.Table.Metadata.Location}/data/late.parquet";
            table.Put(path, 100, 9 * DayMs);
            using var job = OrphanPlanner.Plan(table.Table.Metadata,
                new OrphanPolicy { Remove = true, Force = true })!.Start(table.Context);
            var done = 0;
            while (done < steps && job.Step()) done++;
            if (!table.Stored.Exists(path)) return;
            table.Commit(TestTables.Append(TestTables.File(table.Table, "any") with { FilePath = path, FileSizeBytes = 100 }));
            KeptTable.Finish(job);
            Assert.True(table.Stored.Exists(path), $"{steps} steps");
            Assert.Empty(job.Outcome!.Orphans);
        }
    }

    [Theory]
    [InlineData("other/metadata/v1.metadata.json")]
    [InlineData("metadata/deep/00001-abc.gz.metadata.json")]
    [InlineData("v1.metadata.json")]
    public void WhereAnotherTablesMetadataLiesNothingIsLookedFor(string name)
    {
        var path = Lose("data/lost.parquet");
        Lose(name, ageMs: 0);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Remove()).Kind);
        Assert.True(kept.Stored.Exists(path));
    }

    [Fact]
    public void WhereATableOfAnotherUuidHasItsMetadataNothingIsRemoved()
    {
        var path = Lose("data/lost.parquet");
        var other = TableMetadataJson.ToBytes(kept.Table.Metadata with { Uuid = Guid.NewGuid().ToString() }, false);
        kept.Stored.Put($"{Home}/metadata/00007-other.metadata.json", other);
        var error = Assert.Throws<EngineException>(() => Remove());
        Assert.Contains("is of another table", error.Message, StringComparison.Ordinal);
        Assert.True(kept.Stored.Exists(path));
    }

    [Fact]
    public void VersionsOfTheTableThatFellOffItsLogGoHoweverMuchTheyAre()
    {
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings(("write.metadata.previous-versions-max", "2")) });
        kept.Clock.Pass(30 * DayMs);
        var before = kept.Stored.List(Home + "/metadata/v").Count(f => OrphanListing.IsMetadata(f.Location));
        var outcome = Remove(force: false);
        Assert.Equal(before - 3, outcome.FilesRemoved);
        Assert.Equal(3, kept.Stored.List(Home + "/metadata/v").Count(f => OrphanListing.IsMetadata(f.Location)));
        kept.RequireWhole();
        kept.Append();
    }

    [Fact]
    public void SoMuchThatThePlaceLooksWrongTakesForce()
    {
        var path = Lose("data/large.parquet", bytes: 1 << 20);
        var outcome = Remove(force: false);
        Assert.Contains("look like a wrong place", outcome.Conflict, StringComparison.Ordinal);
        Assert.Equal([path], outcome.Orphans.Select(o => o.Location));
        Assert.True(kept.Stored.Exists(path));
        Assert.Equal(1, Remove().FilesRemoved);
    }

    [Fact]
    public void AShortGraceTakesForce()
    {
        var policy = new OrphanPolicy { GraceMs = 1_000 };
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => kept.Run(Plan(policy))).Kind);
        Assert.NotNull(kept.Run(Plan(policy with { Force = true })));
    }

    [Fact]
    public void ATableWhoseFilesAreNotItsAloneIsRefused()
    {
        var plan = Plan(new OrphanPolicy());
        kept.Commit(new SetTableProperties { Updates = TestTables.Strings(("gc.enabled", "false")) });
        Assert.Null(Plan(new OrphanPolicy()));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => kept.Run(plan)).Kind);
    }

    [Fact]
    public void WhatIsInQuarantineIsRemovedWhenItIsFoundAgainTheSame()
    {
        var (first, changed) = (Lose("data/one.parquet"), Lose("data/two.parquet"));
        var quarantine = new Quarantine();
        var policy = new OrphanPolicy { Remove = true, Force = true };
        Assert.Equal((0, 2), kept.Run(OrphanPlanner.Plan(kept.Table.Metadata, policy, quarantine)) is var found
            ? (found.FilesRemoved, found.Orphans.Length) : default);
        Lose("data/two.parquet", ageMs: 5 * DayMs);
        var again = kept.Run(OrphanPlanner.Plan(kept.Table.Metadata, policy, quarantine));
        Assert.Equal((1, 1), (again.FilesRemoved, again.Orphans.Length));
        Assert.False(kept.Stored.Exists(first));
        Assert.True(kept.Stored.Exists(changed));
    }

    [Fact]
    public void AManifestThatCannotBeReadEndsTheJobAndNothingGoes()
    {
        var path = Lose("data/lost.parquet");
        var manifest = new ManifestReader(kept.Stored).Manifests(kept.Table.Metadata, kept.Table.Metadata.Snapshots[3])[0];
        kept.Stored.Put(manifest.Path, new byte[manifest.Length]);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => Remove()).Kind);
        Assert.True(kept.Stored.Exists(path));
    }

    [Fact]
    public void ManyFilesAreLookedThroughWithLittleMemory()
    {
        var orphans = Enumerable.Range(0, 1_500).Select(at => Lose($"data/lost-{at}.parquet", bytes: 1)).ToHashSet(StringComparer.Ordinal);
        using var job = Plan(new OrphanPolicy { Remove = true, Force = true })!.Start(kept.Context with { MemoryBytes = 1 });
        KeptTable.Finish(job);
        Assert.Equal((1_500, 0), (job.Outcome!.FilesRemoved, job.Outcome.Orphans.Length));
        Assert.DoesNotContain(orphans, kept.Stored.Exists);
        kept.RequireWhole();
    }

    [Fact]
    public void AFileThatCannotBeRemovedIsToldOfAndNotCounted()
    {
        var path = Lose("data/lost.parquet");
        using var job = Plan(new OrphanPolicy { Remove = true, Force = true })!.Start(kept.Context);
        kept.Faults.Arm(FaultyStore.Fault.FromThenOn, 1);
        KeptTable.Finish(job);
        Assert.Equal(0, job.Outcome!.FilesRemoved);
        Assert.Equal([path], job.Outcome.Orphans.Select(o => o.Location));
        Assert.StartsWith("1 files could not be removed", Assert.Single(job.Outcome.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void ObjectsThatWereNeverEndedGoWhenTheyAreOldAndNobodysAtThem()
    {
        var left = Begin("data/left.parquet");
        var used = Begin("data/used.parquet");
        Begin("data/_hidden/a.parquet");
        kept.Clock.Pass(3 * DayMs);
        var young = Begin("data/young.parquet");
        kept.Clock.Pass(60_000);
        kept.Use.Files.Add(used);
        var told = kept.Run(Plan(new OrphanPolicy()));
        Assert.Equal([left], told.Unfinished.Select(u => u.Location));
        Assert.Equal(0, told.UnfinishedAborted);
        Assert.Equal(4, kept.Stored.ListUnfinished(Home + "/").Count());
        var done = Remove();
        Assert.Equal((1, 100, 0), (done.UnfinishedAborted, done.BytesRemoved, done.Unfinished.Length));
        Assert.DoesNotContain(left, kept.Stored.ListUnfinished(Home + "/").Select(u => u.Location));
        Assert.Contains(young, kept.Stored.ListUnfinished(Home + "/").Select(u => u.Location));
        kept.RequireWhole();
    }

    [Fact]
    public void ObjectsThatWereNeverEndedWaitInQuarantineLikeFiles()
    {
        Begin("data/left.parquet");
        kept.Clock.Pass(9 * DayMs);
        var quarantine = new Quarantine();
        var policy = new OrphanPolicy { Remove = true };
        JobOutcome Look() => kept.Run(OrphanPlanner.Plan(kept.Table.Metadata, policy, quarantine));
        Assert.Equal((0, 1), Look() is var first ? (first.UnfinishedAborted, first.Unfinished.Length) : default);
        // Begun anew meanwhile: another upload of the same object, which has not waited.
        Begin("data/left.parquet");
        kept.Clock.Pass(4 * DayMs);
        Assert.Equal((1, 1), Look() is var second ? (second.UnfinishedAborted, second.Unfinished.Length) : default);
        Assert.Equal((1, 0), Look() is var third ? (third.UnfinishedAborted, third.Unfinished.Length) : default);
    }

    [Fact]
    public void WhatCannotBeGivenUpIsToldOf()
    {
        var left = Begin("data/left.parquet");
        kept.Clock.Pass(9 * DayMs);
        using var job = Plan(new OrphanPolicy { Remove = true, Force = true })!.Start(kept.Context);
        kept.Faults.Arm(FaultyStore.Fault.FromThenOn, 1);
        KeptTable.Finish(job);
        Assert.Equal((0, 1), (job.Outcome!.UnfinishedAborted, job.Outcome.FilesFailed));
        Assert.Equal([left], job.Outcome.Unfinished.Select(u => u.Location));
        var note = Assert.Single(job.Outcome.Notes);
        Assert.StartsWith("1 objects that were never ended could not be given up", note, StringComparison.Ordinal);
    }

    /// <summary>An object that nobody ends: a crash leaves as much.</summary>
    private string Begin(string name)
    {
        var location = $"{Home}/{name}";
        kept.Stored.Create(location).Write(new byte[100]);
        return location;
    }

    private OrphanPlan? Plan(OrphanPolicy policy) => OrphanPlanner.Plan(kept.Table.Metadata, policy);

    private JobOutcome Remove(bool force = true) => kept.Run(Plan(new OrphanPolicy { Remove = true, Force = force }));

    private string Lose(string name, long ageMs = 9 * DayMs, int bytes = 100)
    {
        var location = $"{Home}/{name}";
        kept.Put(location, bytes, ageMs);
        return location;
    }

    private sealed class Quarantine : IOrphanQuarantine
    {
        private HashSet<ObjectInfo> held = [];

        public bool Holds(ObjectInfo file) => held.Contains(file);

        public void Keep(IReadOnlyCollection<ObjectInfo> orphans) => held = [.. orphans];
    }
}
