using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Whatever fails around a commit, its files are in the table once or not at all, nothing named is missing, and certain failures leave no litter.</summary>
public sealed class CommitFaultTests
{
    private readonly MemoryStore store = new("memory://wh");
    private readonly FileCatalog catalog;

    public CommitFaultTests() => catalog = new FileCatalog(store, "memory://wh");

    public static TheoryData<int> Schedules => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void LostAnswersCommitOnce(int seed)
    {
        var random = new Random(seed);
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var faulty = new FaultyCatalog(catalog);
        var others = 0;
        faulty.Passing = () => TestTables.Committer(catalog, store).Commit(TestTables.Events, TestTables.Append(TestTables.File(table, $"other{others++}")));
        // With few retries it gives up where an outage is long, and the caller comes back after what was written is gone.
        var committer = TestTables.Committer(faulty, store, new CommitOptions { Retries = seed % 2 == 0 ? 2 : 50 });
        for (var n = 0; n < 4; n++)
        {
            for (var faults = random.Next(4); faults > 0; faults--) faulty.Script.Enqueue((FaultyCatalog.Fault)random.Next(1, 7));
            var action = TestTables.Append(TestTables.File(table, $"ours{n}"));
            for (var tries = 0; ; tries++)
            {
                try
                {
                    if (random.Next(3) == 0) faulty.FailingLoads = random.Next(1, 8);
                    Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, action).Status);
                    break;
                }
                catch (EngineException error)
                    when (error.Kind is ErrorKind.Unknown or ErrorKind.Unavailable or ErrorKind.Conflict && tries < 20)
                {
                    // The caller comes back with the same action.
                }
            }
            faulty.Script.Clear();
            faulty.FailingLoads = 0;
        }
        var final = catalog.Load(TestTables.Events);
        var live = TestTables.LivePaths(final, store);
        Assert.Equal(4 + others, live.Count);
        Assert.Equal(4 + others, live.Distinct().Count());
        Assert.Equal(4 + others, final.Metadata.Snapshots.Length);
        RequireWhole(final);
    }

    [Theory]
    [InlineData(FaultyStore.Fault.Before)]
    [InlineData(FaultyStore.Fault.After)]
    [InlineData(FaultyStore.Fault.FromThenOn)]
    public void AnyFailingCallOfTheStoreLeavesTheTableWhole(object kind)
    {
        var fault = (FaultyStore.Fault)kind;
        for (var at = 1; ; at++)
        {
            var inner = new MemoryStore("memory://wh");
            var store = new FaultyStore(inner);
            var catalog = new FileCatalog(store, "memory://wh");
            var committer = TestTables.Committer(catalog, store, new CommitOptions { Retries = 3 });
            var table = catalog.Create(TestTables.Events, TestTables.Creation());
            committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(table, "before")));
            store.Arm(fault, at);
            var action = TestTables.Append(TestTables.File(table, "ours"));
            EngineException? failure = null;
            try
            {
                Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, action).Status);
            }
            catch (EngineException error)
            {
                failure = error;
            }
            var fired = store.Fired;
            store.Arm(FaultyStore.Fault.None, 0);
            var seen = catalog.Load(TestTables.Events);
            RequireWhole(seen, inner);
            var live = TestTables.LivePaths(seen, inner);
            if (failure is null) Assert.Equal(2, live.Count);
            else if (failure.Kind != ErrorKind.Unknown) Assert.Single(live);
            Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, action).Status);
            seen = catalog.Load(TestTables.Events);
            Assert.Equal(2, TestTables.LivePaths(seen, inner).Count);
            Assert.Equal(2, seen.Metadata.Snapshots.Length);
            RequireWhole(seen, inner);
            if (!fired) break;
            Assert.True(at < 50);
        }
    }

    [Fact]
    public void ConflictsLeaveNoFilesBehind()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var faulty = new FaultyCatalog(catalog);
        var passed = 0;
        var action = new AppendFiles
        {
            Files = [TestTables.File(table, "ours")],
            Fence = _ =>
            {
                if (passed++ < 5) TestTables.Committer(catalog, store).Commit(TestTables.Events, TestTables.Append(TestTables.File(table, $"other{passed}")));
                return FenceVerdict.Go;
            },
        };
        TestTables.Committer(faulty, store).Commit(TestTables.Events, action);
        Assert.Equal(6, action.Attempts);
        RequireNoLitter();
    }

    [Fact]
    public void GivingUpLeavesNoFilesBehind()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var action = new AppendFiles
        {
            Files = [TestTables.File(table, "ours")],
            Fence = current =>
            {
                catalog.Commit(current, [new MetadataUpdate.SetProperties(TestTables.Strings(("n", Guid.NewGuid().ToString())))], []);
                return FenceVerdict.Go;
            },
        };
        var error = Assert.Throws<EngineException>(() => TestTables.Committer(catalog, store, new CommitOptions { Retries = 3 }).Commit(TestTables.Events, action));
        Assert.Equal(ErrorKind.Conflict, error.Kind);
        Assert.DoesNotContain(store.List("memory://wh/"), o => o.Location.EndsWith(".avro", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("overwrite")]
    [InlineData("rewrite")]
    public void WhatGaveUpMayBeCommittedAgain(string kind)
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var committer = TestTables.Committer(catalog, store);
        Set(TableProperties.ManifestMinMerge, "2");
        var (first, second) = (TestTables.File(table, "first"), TestTables.File(table, "second"));
        committer.Commit(TestTables.Events, TestTables.Append(first, second));
        if (kind == "rewrite")
        {
            Set(TableProperties.ManifestMergeEnabled, "false");
            committer.Commit(TestTables.Events, TestTables.Append(TestTables.File(table, "third")));
        }
        SnapshotAction action = kind switch
        {
            "append" => TestTables.Append(TestTables.File(table, "ours")),
            "overwrite" => new OverwriteFiles { Removed = [first], Files = [TestTables.File(table, "ours")] },
            _ => new RewriteManifests(),
        };
        var faulty = new FaultyCatalog(catalog);
        faulty.Script.Enqueue(FaultyCatalog.Fault.Unavailable);
        committer = TestTables.Committer(faulty, store, new CommitOptions { Retries = 0 });
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, action)).Kind);
        RequireNoLitter();
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, action).Status);
        RequireWhole(catalog.Load(TestTables.Events));
        RequireNoLitter();

        void Set(string name, string value) =>
            committer.Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings((name, value)) });
    }

    [Fact]
    public void UnknownKeepsEveryFile()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var faulty = new FaultyCatalog(catalog);
        for (var n = 0; n < 20; n++) faulty.Script.Enqueue(FaultyCatalog.Fault.LostBefore);
        var action = TestTables.Append(TestTables.File(table, "ours"));
        var committer = TestTables.Committer(faulty, store);
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, action)).Kind);
        Assert.Equal(2, store.List("memory://wh/").Count(o => o.Location.EndsWith(".avro", StringComparison.Ordinal)));
        faulty.Script.Clear();
        var id = action.SnapshotId;
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, action).Status);
        Assert.Equal(id, catalog.Load(TestTables.Events).Metadata.CurrentSnapshotId);
    }

    [Fact]
    public void FenceSeesEveryBaseAndDecides()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var committer = TestTables.Committer(catalog, store);
        var files = Enumerable.Range(0, 3).Select(i => TestTables.File(table, $"f{i}")).ToArray();
        var done = committer.Commit(TestTables.Events, new AppendFiles { Files = [.. files], Fence = _ => new FenceVerdict.AlreadyDone("seen") });
        Assert.Equal((CommitStatus.AlreadyDone, "seen"), (done.Status, done.Reason));
        var aborted = committer.Commit(TestTables.Events, new AppendFiles { Files = [.. files], Fence = _ => new FenceVerdict.Abort("zombie") });
        Assert.Equal((CommitStatus.Aborted, "zombie"), (aborted.Status, aborted.Reason));
        Assert.Null(catalog.Load(TestTables.Events).Metadata.CurrentSnapshot);
        var partial = committer.Commit(TestTables.Events, new AppendFiles
        {
            Files = [.. files],
            Fence = _ => new FenceVerdict.ProceedWith([files[1]], TestTables.Strings(("k2i.offsets", "{}")), TestTables.Strings(("k2i.state", "{}"))),
        });
        Assert.Equal(CommitStatus.Committed, partial.Status);
        var landed = catalog.Load(TestTables.Events);
        Assert.Equal([files[1].FilePath], TestTables.LivePaths(landed, store));
        Assert.Equal("{}", landed.Metadata.CurrentSnapshot!.Summary["k2i.offsets"]);
        Assert.Equal("{}", landed.Metadata.Property("k2i.state"));
        Assert.Equal("k2i", landed.Metadata.CurrentSnapshot!.Summary["engine-name"]);
        RequireNoLitter();
    }

    [Fact]
    public void ReplacedTableStopsTheCommit()
    {
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        var action = new AppendFiles
        {
            Files = [TestTables.File(table, "ours")],
            Fence = current =>
            {
                if (current.Metadata.Uuid != table.Metadata.Uuid) return FenceVerdict.Go;
                catalog.Drop(TestTables.Events, purge: true);
                catalog.Create(TestTables.Events, TestTables.Creation());
                TestTables.Committer(catalog, store).Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings(("a", "b")) });
                return FenceVerdict.Go;
            },
        };
        var error = Assert.Throws<EngineException>(() => TestTables.Committer(catalog, store).Commit(TestTables.Events, action));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Null(catalog.Load(TestTables.Events).Metadata.CurrentSnapshot);
    }

    private void RequireNoLitter()
    {
        var table = catalog.Load(TestTables.Events);
        var named = Named(table, store);
        Assert.All(store.List("memory://wh/").Where(o => o.Location.EndsWith(".avro", StringComparison.Ordinal)), o => Assert.Contains(o.Location, named));
    }

    private void RequireWhole(Table table) => RequireWhole(table, store);

    private static void RequireWhole(Table table, MemoryStore store) => Assert.All(Named(table, store), path => Assert.True(store.Exists(path), path));

    private static HashSet<string> Named(Table table, IObjectStore store)
    {
        var reader = new ManifestReader(store);
        return [.. table.Metadata.Snapshots.SelectMany(s => reader.Manifests(table.Metadata, s).Select(m => m.Path).Append(s.ManifestList!))];
    }
}
