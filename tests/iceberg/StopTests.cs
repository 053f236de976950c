using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>A stop ends what a commit waits for, and says of it what can be known.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly CommitOptions Forever = new() { Retries = int.MaxValue, TotalMs = long.MaxValue, MinWaitMs = 3_600_000, MaxWaitMs = 3_600_000 };

    private readonly MemoryStore store = new("memory://wh");
    private readonly FileCatalog catalog;
    private readonly FaultyCatalog faulty;
    private readonly CallScope scope = new(SystemClock.Instance);

    public StopTests()
    {
        catalog = new FileCatalog(store, "memory://wh");
        faulty = new FaultyCatalog(catalog);
        catalog.Create(TestTables.Events, TestTables.Creation());
    }

    public void Dispose() => scope.Dispose();

    [Fact]
    public void ACommitThatCannotBeTriedEndsAndLeavesNothing()
    {
        var action = TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours"));
        var tried = 0;
        var away = new AskedCatalog(catalog, () =>
        {
            if (++tried == 2) scope.End();
            throw new EngineException(ErrorKind.Unavailable, "away");
        });
        using var calls = scope.Enter();
        var committer = new TableCommitter(away, store, Forever with { MinWaitMs = 1, MaxWaitMs = 1 });
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, action)).Kind);
        Assert.Equal(2, tried);
        Assert.False(action.MayHaveLanded);
        Assert.DoesNotContain(store.List("memory://wh/"), o => o.Location.EndsWith(".avro", StringComparison.Ordinal));
    }

    [Fact]
    public void TheWaitOfACommitUnderWayIsOver()
    {
        var action = TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours"));
        using var asked = new ManualResetEventSlim();
        var away = new AskedCatalog(catalog, () =>
        {
            asked.Set();
            throw new EngineException(ErrorKind.Unavailable, "away");
        });
        EngineException? error = null;
        var thread = Start(() => error = Assert.Throws<EngineException>(() => new TableCommitter(away, store, Forever).Commit(TestTables.Events, action)));
        asked.Wait();
        scope.End();
        Assert.True(thread.Join(60_000));
        Assert.Equal(ErrorKind.Unavailable, error!.Kind);
    }

    [Fact]
    public void ACommitInDoubtStaysSo()
    {
        var action = TestTables.Append(TestTables.File(catalog.Load(TestTables.Events), "ours"));
        faulty.Script.Enqueue(FaultyCatalog.Fault.LostAfter);
        faulty.FailingLoads = 0;
        var committer = new TableCommitter(new AskedCatalog(faulty, () => { }, () =>
        {
            scope.End();
            faulty.FailingLoads = int.MaxValue;
        }), store, Forever);
        using (scope.Enter()) Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => committer.Commit(TestTables.Events, action)).Kind);
        Assert.True(action.MayHaveLanded);
        faulty.FailingLoads = 0;
        Assert.Equal(CommitStatus.Committed, TestTables.Committer(catalog, store).Commit(TestTables.Events, action).Status);
        Assert.Single(catalog.Load(TestTables.Events).Metadata.Snapshots);
    }

    /// <summary>The server takes requests and says nothing.</summary>
    [Theory]
    [InlineData(false, ErrorKind.Unavailable)]
    [InlineData(true, ErrorKind.Unknown)]
    public void ARequestUnderWayIsGivenUp(bool changes, object kind)
    {
        using var silent = new ManualResetEventSlim();
        using var asked = new ManualResetEventSlim();
        using var stub = new HttpStub(r =>
        {
            if (r.Url.StartsWith("/v1/config", StringComparison.Ordinal)) return new(200, "{}");
            asked.Set();
            silent.Wait();
            return new(500, "");
        });
        using var rest = new RestCatalog(new RestOptions { Uri = stub.Uri, TimeoutMs = 3_600_000 });
        rest.Connect();
        var table = catalog.Load(TestTables.Events);
        var found = default(ErrorKind?);
        var thread = Start(() => found = changes
            ? Assert.IsType<CommitOutcome.Unknown>(rest.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("a", "b")))], [])).Error.Kind
            : Assert.Throws<EngineException>(() => rest.Load(TestTables.Events)).Kind);
        asked.Wait();
        scope.End();
        Assert.True(thread.Join(60_000));
        Assert.Equal((ErrorKind)kind, found);
        silent.Set();
    }

    [Fact]
    public void NothingIsSentAnyMore()
    {
        using var stub = new HttpStub(_ => new(200, "{}"));
        using var rest = new RestCatalog(new RestOptions { Uri = stub.Uri });
        rest.Connect();
        using var calls = scope.Enter();
        scope.End();
        var error = Assert.Throws<EngineException>(() => rest.Commit(catalog.Load(TestTables.Events), [], []));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public void APauseThatAServerAskedForIsOver()
    {
        using var refused = new ManualResetEventSlim();
        using var stub = new HttpStub(r =>
        {
            if (r.Url.StartsWith("/v1/config", StringComparison.Ordinal)) return new(200, "{}");
            refused.Set();
            return new(503, "{}", ("Retry-After", "9"));
        });
        var clock = new FakeClock();
        using var rest = new RestCatalog(new RestOptions { Uri = stub.Uri }, clock);
        rest.Connect();
        var thread = Start(() =>
        {
            for (var tries = 0; tries < 2; tries++) Assert.Throws<EngineException>(() => rest.Load(TestTables.Events));
        });
        refused.Wait();
        scope.End();
        Assert.True(thread.Join(60_000));
        Assert.Equal(0, clock.SleptMs);
    }

    private Thread Start(Action work)
    {
        var thread = new Thread(() =>
        {
            using var calls = scope.Enter();
            work();
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Says before and after each commit that it is asked.</summary>
    private sealed class AskedCatalog(ICatalog inner, Action before, Action? after = null) : ICatalog
    {
        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            before();
            var outcome = inner.Commit(current, updates, requirements);
            after?.Invoke();
            return outcome;
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
