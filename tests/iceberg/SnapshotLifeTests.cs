using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Branches, tags, and snapshots that expire.</summary>
public sealed class SnapshotLifeTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalStore store;
    private readonly FileCatalog catalog;
    private readonly FakeClock clock = new();
    private readonly TableCommitter committer;

    public SnapshotLifeTests()
    {
        store = new LocalStore(folder.Path);
        catalog = new FileCatalog(store, store.Root, clock);
        committer = new TableCommitter(catalog, store, clock: clock, sleepMs: _ => { });
        committer.LoadOrCreate(TestTables.Events, TestTables.Creation());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BranchesAndTagsAreMadeMovedAndRemoved()
    {
        var ids = Append(3);
        var table = Commit(new ManageRefs().CreateTag("t", ids[0]).CreateBranch("b", ids[1]).CreateBranch("c"));
        Assert.Equal((ids[0], false), (table.Metadata.Refs["t"].SnapshotId, table.Metadata.Refs["t"].IsBranch));
        Assert.Equal((ids[1], true), (table.Metadata.Refs["b"].SnapshotId, table.Metadata.Refs["b"].IsBranch));
        Assert.Equal(ids[2], Commit(new ManageRefs().FastForward("b", "main")).Metadata.Refs["b"].SnapshotId);
        Assert.Equal(ids[1], Commit(new ManageRefs().Replace("t", ids[1])).Metadata.Refs["t"].SnapshotId);
        Assert.Equal(5, Commit(new ManageRefs().Retain("b", minSnapshotsToKeep: 5)).Metadata.Refs["b"].MinSnapshotsToKeep);
        Assert.Equal(["b", "main"], Commit(new ManageRefs().Remove("t").Remove("c")).Metadata.Refs.Keys);
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new ManageRefs().CreateBranch("b", ids[2])).Status);
        foreach (var (wrong, kind) in ((ManageRefs, ErrorKind)[])
            [(new ManageRefs().CreateTag("b", ids[0]), ErrorKind.AlreadyExists), (new ManageRefs().Remove("x"), ErrorKind.NotFound), (new ManageRefs().SetCurrent(new(5)), ErrorKind.NotFound),
             (new ManageRefs().Remove("main"), ErrorKind.Invalid), (new ManageRefs().Retain("b", 0), ErrorKind.Invalid)])
            Assert.Equal(kind, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, wrong)).Kind);
    }

    [Fact]
    public void RollbackGoesBackInHistoryOnly()
    {
        var ids = Append(3);
        var table = Commit(new ManageRefs().RollbackTo(ids[0]));
        Assert.Equal(ids[0], table.Metadata.CurrentSnapshotId);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, new ManageRefs().RollbackTo(ids[2]))).Kind);
        Assert.Equal(ids[2], Commit(new ManageRefs().SetCurrent(ids[2])).Metadata.CurrentSnapshotId);
        Assert.Equal(ids[1], Commit(new ManageRefs().RollbackToBefore(table.Metadata.FindSnapshot(ids[2])!.TimestampMs)).Metadata.CurrentSnapshotId);
    }

    [Fact]
    public void ARollbackIsNotCarriedOutOnAHeadItWasNotDecidedOn()
    {
        var ids = Append(2);
        var refs = new ManageRefs().RollbackTo(ids[0]);
        var catalog = new Between(this.catalog, () => Append(1));
        var result = new TableCommitter(catalog, store, clock: clock, sleepMs: _ => { }).Commit(TestTables.Events, refs);
        Assert.Equal((CommitStatus.Aborted, 2), (result.Status, refs.Attempts));
    }

    /// <summary>A writer so slow that others go on and remove what it was about to read begins anew: the table is not damaged.</summary>
    [Fact]
    public void ABaseThatExpiredMeanwhileIsNotTheTableAnyMore()
    {
        Append(2);
        var hasExpired = false;
        var slow = new FaultyStore(store)
        {
            Reading = location =>
            {
                if (hasExpired || !location.Contains("/snap-", StringComparison.Ordinal)) return;
                hasExpired = true;
                Append(1);
                var before = catalog.Load(TestTables.Events).Metadata;
                var after = Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = 1 }).Metadata;
                foreach (var file in ExpiredFiles.Plan(before, after, store).InOrder) store.Delete(file);
                Assert.False(store.Exists(location));
            },
        };
        var ours = TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours"));
        Assert.Equal(CommitStatus.Committed,
            new TableCommitter(catalog, slow, clock: clock, sleepMs: _ => { }).Commit(TestTables.Events, ours).Status);
        Assert.Equal(2, ours.Attempts);
        var table = catalog.Load(TestTables.Events).Metadata;
        Assert.Equal(4, new ManifestReader(store).LiveEntries(table, table.CurrentSnapshot!).Count());
    }

    /// <summary>What is missing of the table as it is stays an error.</summary>
    [Fact]
    public void AManifestListThatIsGoneIsToldOf()
    {
        Append(1);
        store.Delete(catalog.Load(TestTables.Events).Metadata.CurrentSnapshot!.ManifestList!);
        var ours = TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours"));
        // Who wrote the list does not need it.
        var other = TestTables.Committer(catalog, store);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => other.Commit(TestTables.Events, ours)).Kind);
    }

    [Fact]
    public void OldSnapshotsExpireButForThoseThatRefsAndSettingsKeep()
    {
        var ids = Append(8);
        Commit(new ManageRefs().CreateTag("t", ids[0]).CreateBranch("b", ids[3]).CreateTag("gone", ids[1]).Retain("gone", maxRefAgeMs: 1).Retain("b", minSnapshotsToKeep: 2));
        var table = Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = 2 });
        Assert.Equal([ids[0], ids[2], ids[3], ids[6], ids[7]], table.Metadata.Snapshots.Select(s => s.SnapshotId));
        Assert.Equal(["b", "main", "t"], table.Metadata.Refs.Keys);
        Assert.Equal([ids[6], ids[7]], table.Metadata.SnapshotLog.Select(l => l.SnapshotId).TakeLast(2));
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = 2 }).Status);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, new ExpireSnapshots { OlderThanMs = 0, SnapshotIds = [ids[7]] })).Kind);
        Assert.Null(Commit(new ExpireSnapshots { OlderThanMs = 0, SnapshotIds = [ids[6]] }).Metadata.FindSnapshot(ids[6]));
    }

    [Fact]
    public void AgeDecidesWhereNothingElseIsSaid()
    {
        var ids = Append(3);
        clock.Pass(TableProperties.DefaultMaxSnapshotAgeMs - 10_000);
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new ExpireSnapshots()).Status);
        clock.Pass(60_000);
        ids.AddRange(Append(1));
        Assert.Equal([ids[3]], Commit(new ExpireSnapshots()).Metadata.Snapshots.Select(s => s.SnapshotId));
    }

    [Fact]
    public void FilesOfExpiredSnapshotsThatNothingNeedsAreDeleted()
    {
        var files = new List<DataFile>();
        for (var i = 0; i < 4; i++)
        {
            var file = TestTables.File(catalog.Load(TestTables.Events), $"f{i}");
            store.Put(file.FilePath, new byte[file.FileSizeBytes]);
            files.Add(file);
            Commit(TestTables.Append(file));
        }
        var before = Commit(new RemoveFiles { Files = [files[1], files[2]] });
        Commit(new ManageRefs().CreateTag("keeps-f2", before.Metadata.Ancestors().Skip(1).First().SnapshotId));
        before = catalog.Load(TestTables.Events);
        var after = Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue });
        var plan = ExpiredFiles.Plan(before.Metadata, after.Metadata, store);
        Assert.Empty(plan.Data);    // the tag needs all four
        plan.Delete(store);
        before = Commit(new ManageRefs().Remove("keeps-f2"));
        after = Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue });
        plan = ExpiredFiles.Plan(before.Metadata, after.Metadata, store);
        Assert.Equal((string[])[files[1].FilePath, files[2].FilePath], plan.Data.ToArray());
        Assert.Empty(plan.Delete(store));
        Assert.Equal(TestTables.LivePaths(after, store), files.Where(f => store.Exists(f.FilePath)).Select(f => f.FilePath).Order(StringComparer.Ordinal));
        Assert.Empty(new TableLinter(store).Check(after, new LintOptions { Orphans = true }));
        Commit(new SetTableProperties { Updates = TestTables.Strings(("gc.enabled", "false")) });
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => ExpiredFiles.Plan(before.Metadata, catalog.Load(TestTables.Events).Metadata, store)).Kind);
    }

    [Fact]
    public void PlanningWhatExpiredReadsNoManifestOfATableThatOnlyGrewAndOneListThatStays()
    {
        Append(12);
        var before = catalog.Load(TestTables.Events);
        var after = Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = 4 });
        foreach (var manifest in store.List($"{after.Metadata.Location}/metadata/").Where(f => f.Location.EndsWith(".avro", StringComparison.Ordinal) && !Location.NameOf(f.Location).StartsWith("snap-", StringComparison.Ordinal)).ToList())
            store.Delete(manifest.Location);
        foreach (var snapshot in after.Metadata.Snapshots.Skip(1)) store.Delete(snapshot.ManifestList!);
        var plan = ExpiredFiles.Plan(before.Metadata, after.Metadata, store);
        Assert.Equal((0, 8), (plan.Data.Length, plan.ManifestLists.Length));
    }

    private List<SnapshotId> Append(int count)
    {
        var ids = new List<SnapshotId>();
        for (var i = 0; i < count; i++)
        {
            clock.Pass(1000);
            ids.Add(Commit(TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), $"{Guid.NewGuid():N}"))).Metadata.CurrentSnapshotId!.Value);
        }
        return ids;
    }

    private Table Commit(TableAction action)
    {
        var result = committer.Commit(TestTables.Events, action);
        Assert.True(result.Status == CommitStatus.Committed, result.Reason);
        return result.Table;
    }

    /// <summary>Lets another commit in before the first one sent.</summary>
    private sealed class Between(FileCatalog inner, Action other) : ICatalog
    {
        private int sent;

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, System.Collections.Immutable.ImmutableArray<MetadataUpdate> updates, System.Collections.Immutable.ImmutableArray<TableRequirement> requirements)
        {
            if (sent++ == 0) other();
            return inner.Commit(current, updates, requirements);
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<System.Collections.Immutable.ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(System.Collections.Immutable.ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
