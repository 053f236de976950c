using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>An action whose outcome was once unknown: what is deleted, what is reported, and how the doubt ends.</summary>
public sealed class CommitDoubtTests
{
    private readonly MemoryStore store = new("memory://wh");
    private readonly FileCatalog catalog;
    private readonly FaultyCatalog faulty;

    public CommitDoubtTests()
    {
        catalog = new FileCatalog(store, "memory://wh");
        faulty = new FaultyCatalog(catalog);
        catalog.Create(TestTables.Events, TestTables.Creation());
    }

    private Table Now => catalog.Load(TestTables.Events);

    private int ManifestFiles => store.List("memory://wh/").Count(o => o.Location.EndsWith(".avro", StringComparison.Ordinal));

    private TableCommitter Committer(ICatalog catalog) => TestTables.Committer(catalog, store, new CommitOptions { StatusChecks = 2, Retries = 3 });

    /// <summary>Sends once; the answer is lost and nobody can be asked.</summary>
    private void Lose(AppendFiles action, object fault)
    {
        faulty.Script.Enqueue((FaultyCatalog.Fault)fault);
        faulty.FailingLoads = 0;
        var committer = new TableCommitter(faulty, store, new CommitOptions { StatusChecks = 2 }, sleepMs: _ => faulty.FailingLoads = 1);
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, action)).Kind);
        faulty.FailingLoads = 0;
        Assert.True(action.MayHaveLanded);
    }

    private void Expire(params SnapshotId[] snapshots) => Assert.IsType<CommitOutcome.Committed>(catalog.Commit(Now, [new MetadataUpdate.RemoveSnapshots([.. snapshots])], []));

    [Theory]
    [InlineData(FaultyCatalog.Fault.LostBefore)]
    [InlineData(FaultyCatalog.Fault.LandsLater)]
    public void AbortInDoubtSaysSoAndDeletesNothing(object fault)
    {
        var abort = false;
        var action = new AppendFiles { Files = [TestTables.File(Now, "ours")], Fence = _ => abort ? new FenceVerdict.Abort("another epoch") : FenceVerdict.Go };
        Lose(action, fault);
        abort = true;
        var files = ManifestFiles;
        var result = Committer(faulty).Commit(TestTables.Events, action);
        Assert.Equal((CommitStatus.Aborted, true), (result.Status, result.MayHaveLanded));
        Assert.Equal(files, ManifestFiles);
        Assert.True(action.MayHaveLanded);
    }

    [Fact]
    public void ALaterCallWritesItsListUnderANameOfItsOwn()
    {
        // What was written before may still be on its way: it must not replace what the table refers to.
        var action = new AppendFiles { Files = [TestTables.File(Now, "ours")] };
        Lose(action, FaultyCatalog.Fault.LostBefore);
        var before = store.List("memory://wh/").Select(o => o.Location).ToHashSet();
        var result = Committer(faulty).Commit(TestTables.Events, action);
        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.DoesNotContain(result.Table.Metadata.CurrentSnapshot!.ManifestList!, before);
    }

    [Fact]
    public void AbortIsCertainOnceAnotherCommitHasPassed()
    {
        var abort = false;
        var action = new AppendFiles { Files = [TestTables.File(Now, "ours")], Fence = _ => abort ? new FenceVerdict.Abort("another epoch") : FenceVerdict.Go };
        Lose(action, FaultyCatalog.Fault.LostBefore);
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "other")));
        abort = true;
        var result = Committer(catalog).Commit(TestTables.Events, action);
        Assert.Equal((CommitStatus.Aborted, false), (result.Status, result.MayHaveLanded));
        Assert.Equal(2, ManifestFiles);
    }

    [Fact]
    public void SnapshotThatLandedAndExpiredUnseenIsKnownToTheFence()
    {
        var action = Fenced("ours");
        Lose(action, FaultyCatalog.Fault.LostAfter);
        var landed = Now.Metadata.CurrentSnapshotId!.Value;
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "other")));
        Expire(landed);
        var result = Committer(catalog).Commit(TestTables.Events, action);
        Assert.Equal((CommitStatus.AlreadyDone, true), (result.Status, result.MayHaveLanded));
        Assert.Equal(2, TestTables.LivePaths(Now, store).Count);
    }

    [Fact]
    public void SnapshotThatLandedAndExpiredUnseenStaysUnknownWithoutAFence()
    {
        var action = TestTables.Append(TestTables.File(Now, "ours"));
        Lose(action, FaultyCatalog.Fault.LostAfter);
        var landed = Now.Metadata.CurrentSnapshotId!.Value;
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "other")));
        Expire(landed);
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => Committer(catalog).Commit(TestTables.Events, action)).Kind);
        Assert.Equal(2, TestTables.LivePaths(Now, store).Count);
        Assert.All(new ManifestReader(store).Manifests(Now.Metadata, Now.Metadata.CurrentSnapshot!), m => Assert.True(store.Exists(m.Path)));
    }

    [Fact]
    public void AnotherCommitOnTheSameParentDoesNotLetBothLand()
    {
        var action = Fenced("ours");
        Lose(action, FaultyCatalog.Fault.LandsLater);
        Committer(catalog).Commit(TestTables.Events, new SetTableProperties { Updates = TestTables.Strings(("a", "b")) });
        Assert.Equal(CommitStatus.Committed, Committer(faulty).Commit(TestTables.Events, action).Status);
        Assert.Single(TestTables.LivePaths(Now, store));
        Assert.False(action.MayHaveLanded);
    }

    [Fact]
    public void LaggingCopyDecidesNothing()
    {
        var action = Fenced("ours");
        var before = Now;
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "other")));
        Lose(action, FaultyCatalog.Fault.LostAfter);
        var lagging = new LaggingCatalog(catalog, before, 2);
        Assert.Equal(CommitStatus.Committed, Committer(lagging).Commit(TestTables.Events, action).Status);
        Assert.Equal(2, TestTables.LivePaths(Now, store).Count);
    }

    [Theory]
    [InlineData(FaultyCatalog.Fault.Twice)]
    [InlineData(FaultyCatalog.Fault.TwiceInvalid)]
    public void WhatMakesNoSnapshotIsKnownByItsEffectWhereASecondSendingWasRefused(object fault)
    {
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "a")));
        var first = Now.Metadata.CurrentSnapshotId!.Value;
        Committer(catalog).Commit(TestTables.Events, TestTables.Append(TestTables.File(Now, "b")));
        foreach (var action in (TableAction[])[new ManageRefs().RollbackTo(first), new ManageRefs().CreateTag("t"), new ExpireSnapshots { OlderThanMs = long.MaxValue }, new UpdateSchema().Rename("name", "title"), new UpdateSpec("id")])
        {
            faulty.Script.Enqueue((FaultyCatalog.Fault)fault);
            Assert.Equal(CommitStatus.Committed, Committer(faulty).Commit(TestTables.Events, action).Status);
        }
        Assert.Equal([first], Now.Metadata.Snapshots.Select(s => s.SnapshotId));
    }

    private AppendFiles Fenced(string name)
    {
        var file = TestTables.File(Now, name);
        var entries = TestTables.Strings(("test.done", name));
        return new AppendFiles
        {
            Files = [file],
            Fence = table => table.Metadata.Property("test.done") == name ? new FenceVerdict.AlreadyDone("done") : new FenceVerdict.ProceedWith([file], entries, entries),
        };
    }

    /// <summary>Shows an old state for the first loads.</summary>
    private sealed class LaggingCatalog(ICatalog inner, Table old, int times) : ICatalog
    {
        private int left = times;

        public Table Load(TableIdent ident) => left-- > 0 ? old : inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => Load(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements) => inner.Commit(current, updates, requirements);

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
