using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Circuit breakers around catalog and store: when they open, how they close, and that they change no outcome.</summary>
public sealed class BreakerTests
{
    private readonly FakeClock clock = new();
    private readonly MemoryStore store = new("memory://wh");

    private static EngineException Error(ErrorKind kind) => new(kind, $"{kind}");

    private void Fail(CircuitBreaker breaker, ErrorKind kind = ErrorKind.Unavailable) =>
        Assert.Equal(kind, Assert.Throws<EngineException>(() => breaker.Call<int>(() => throw Error(kind))).Kind);

    [Fact]
    public void OpensAfterFailuresInARowAndOnlyThose()
    {
        var breaker = new CircuitBreaker("it", clock, failuresToOpen: 3);
        Fail(breaker);
        Fail(breaker, ErrorKind.Unknown);
        Assert.Equal(1, breaker.Call(() => 1));
        Fail(breaker);
        Fail(breaker);
        foreach (var answered in (ErrorKind[])[ErrorKind.Denied, ErrorKind.NotFound, ErrorKind.Conflict]) Fail(breaker, answered);
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
        Fail(breaker);
        Fail(breaker);
        Fail(breaker);
        Assert.Equal((CircuitState.Open, "Unavailable", 1L), (breaker.Status.State, breaker.Status.LastError, breaker.Status.Opened));
        var called = false;
        var refused = Assert.Throws<EngineException>(() => breaker.Call(() => called = true));
        Assert.Equal(ErrorKind.Unavailable, refused.Kind);
        Assert.False(called);
        Assert.Contains("it is not called", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneProbeIsLetThroughAndWaitsDouble()
    {
        var breaker = new CircuitBreaker("it", clock, failuresToOpen: 1, firstWaitMs: 1_000, longestWaitMs: 8_000);
        Fail(breaker);
        foreach (var wait in (long[])[1_000, 2_000, 4_000, 8_000, 8_000])
        {
            clock.Pass((wait / 2) - 1);
            Assert.Throws<EngineException>(() => breaker.Call(() => 1));
            clock.Pass((wait / 2) + 1);
            var probe = breaker.Enter();
            Assert.True(probe);
            Assert.Equal(CircuitState.HalfOpen, breaker.Status.State);
            Assert.Throws<EngineException>(() => breaker.Enter());
            breaker.Leave(probe, Error(ErrorKind.Unavailable));
            Assert.Equal(CircuitState.Open, breaker.Status.State);
        }
        clock.Pass(8_000);
        Assert.Equal(7, breaker.Call(() => 7));
        Assert.Equal((CircuitState.Closed, null, 0), (breaker.Status.State, breaker.Status.LastError, breaker.Status.Failures));
    }

    [Fact]
    public void LateAnswersOfAnEarlierStateChangeNothing()
    {
        var breaker = new CircuitBreaker("it", clock, failuresToOpen: 1);
        var late = breaker.Enter();
        Fail(breaker);
        breaker.Leave(late, null);
        Assert.Equal(CircuitState.Open, breaker.Status.State);
        clock.Pass(1_000);
        var probe = breaker.Enter();
        breaker.Leave(probe: false, Error(ErrorKind.Unavailable));
        Assert.Equal(CircuitState.HalfOpen, breaker.Status.State);
        breaker.Abandon(probe);
        Assert.True(breaker.Enter());
    }

    [Fact]
    public void UnknownCommitsCountAndStayUnknown()
    {
        var breaker = new CircuitBreaker("catalog", clock, failuresToOpen: 2);
        var inner = new FaultyCatalog(new FileCatalog(store, "memory://wh"));
        var catalog = new BreakerCatalog(inner, breaker);
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        inner.Script.Enqueue(FaultyCatalog.Fault.LostAfter);
        inner.Script.Enqueue(FaultyCatalog.Fault.LostBefore);
        ImmutableArray<MetadataUpdate> updates = [new MetadataUpdate.SetProperties(TestTables.Strings(("a", "b")))];
        Assert.IsType<CommitOutcome.Unknown>(catalog.Commit(table, updates, []));
        Assert.IsType<CommitOutcome.Unknown>(catalog.Commit(table, updates, []));
        Assert.Equal(CircuitState.Open, breaker.Status.State);
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => catalog.Commit(table, updates, [])).Kind);
        clock.Pass(1_000);
        Assert.Equal("b", catalog.Load(TestTables.Events).Metadata.Property("a"));
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
    }

    [Fact]
    public void ObjectBeingWrittenIsOneCall()
    {
        var breaker = new CircuitBreaker("store", clock, failuresToOpen: 1);
        var faulty = new FaultyStore(this.store);
        var store = new BreakerStore(faulty, breaker);
        faulty.Arm(FaultyStore.Fault.Before, 1);
        using (var writer = store.Create("memory://wh/a"))
            Assert.Throws<EngineException>(writer.Complete);
        Assert.Equal(CircuitState.Open, breaker.Status.State);
        clock.Pass(1_000);
        using (store.Create("memory://wh/b")) Assert.Equal(CircuitState.HalfOpen, breaker.Status.State);
        using (var writer = store.Create("memory://wh/b")) writer.Complete();
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
        Assert.True(store.Exists("memory://wh/b"));
    }
}
