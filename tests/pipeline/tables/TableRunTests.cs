using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

public sealed class TableRunTests : IDisposable
{
    private readonly LaneWorld world;

    public TableRunTests()
    {
        var options = LaneWorld.OptionsFor(new TableOptions { Name = "t", Topics = ["t"], Columns = "id: long" });
        world = new(options with { Lanes = 2 });
        world.Topics.Add("t", 0, """{"id":1}""");
        world.Topics.Add("t", 1, """{"id":2}""");
        world.Assign(0, "t", 0);
        world.Assign(1, "t", 1);
        world.Until(() => world.Table().Status().Rows == 2);
    }

    private TableRun Run => world.Table().Run!;

    public void Dispose() => world.Dispose();

    [Fact]
    public void ItFailsOnceAndForTheFirstReason()
    {
        var run = Run;
        EngineException[] reasons = [.. Enumerable.Range(0, 8).Select(i => new EngineException(ErrorKind.Unavailable, $"reason {i}"))];
        run.Fail(reasons[0]);
        Parallel.ForEach(reasons, run.Fail);
        Assert.Same(reasons[0], run.Failure);
    }

    [Fact]
    public void WhatFailedIsJoinedByNobody()
    {
        var run = Run;
        run.Fail(new EngineException(ErrorKind.Unavailable, "for a test"));
        Assert.False(run.Join(new(world.Lane, run)));
        Assert.Equal(2, run.Parts.Length);
    }

    [Fact]
    public void WhatIsClosedIsJoinedByNobodyAndIsOverOnceAllHaveLeft()
    {
        var run = Run;
        Assert.False(run.Close());
        Assert.False(run.Join(new(world.Lane, run)));
        foreach (var part in run.Parts)
        {
            part.End();
            run.Leave(part);
        }
        Assert.True(run.Close());
    }

    [Fact]
    public void AFlushTakesWhatAllLanesHold()
    {
        world.Flush();
        Assert.Equal(2, world.Table().Flushes.RowsCommitted);
        Assert.Equal(1, world.Table().Flushes.Commits);
    }

    [Fact]
    public void AFlushWaitsForTheLanesSealsButNotForLong()
    {
        var run = Run;
        world.Part().SealForFlush();
        run.RequestFlush(world.Part());
        Assert.Null(run.NextFlush(out var dueMs));
        Assert.InRange(dueMs, world.Clock.MonotonicMs, world.Clock.MonotonicMs + 200);
        world.Clock.Pass(200);
        var sealedInTime = run.NextFlush(out dueMs);
        Assert.Equal((1, long.MaxValue), (sealedInTime!.Count, dueMs));
        foreach (var segment in sealedInTime) segment.Release(isFlushed: false);
    }

    [Fact]
    public void ALaneThatHasNothingIsNotWaitedFor()
    {
        world.Part("t", 1).RequestFlush();
        world.Until(() => world.Table().Flushes.Commits == 1 && !Run.Parts.Any(p => p.Unflushed > 0));
        world.Topics.Add("t", 0, """{"id":3}""");
        world.Until(() => world.Table().Status().Rows == 3);
        world.Part().SealForFlush();
        Run.RequestFlush(world.Part());
        var next = Run.NextFlush(out _);
        Assert.Single(next!);
        next![0].Release(isFlushed: false);
    }

    [Fact]
    public void OffsetsWithoutARowAreSealedTooSoThatTheyHoldNoLog()
    {
        world.Flush();
        var part = world.Part("t", 1);
        part.OfferEnd(world.Source("t", "t", 1, lane: 1), new(50));
        Assert.NotNull(world.Context.Lanes[1].Log.Pins.Oldest);
        world.Flush();
        Assert.Equal(new Offset(50), world.Source("t", "t", 1, lane: 1).CommittedOffset);
    }

    [Fact]
    public void RowsOfAFlushThatIsMadeAgainGoAlone()
    {
        var redo = new LoggedFlush("id", 1, []);
        var run = Run;
        var (first, second) = (world.Part(), world.Part("t", 1));
        var handed = new List<Sealed>();
        foreach (var (part, of) in new[] { (first, (LoggedFlush?)redo), (second, null), (first, redo) })
        {
            var segment = run.Memory.TryOpen(run.Store.Schema, 1 << 16)!;
            segment.Seal();
            handed.Add(new(part, segment, [], 0, null, part.Lane.Log.Pin(run), of));
            part.HandOver(handed[^1]);
        }
        world.Clock.Pass(1_000);
        run.RequestFlush(null);
        world.Clock.Pass(1_000);
        Assert.Equal([handed[0], handed[2]], run.NextFlush(out _)!);
        Assert.Equal([handed[1]], run.NextFlush(out _)!);
        Assert.Null(run.NextFlush(out _));
        foreach (var segment in handed) segment.Release(isFlushed: false);
    }

    [Fact]
    public void HowFarSegmentsHaveGoneIsKnownByPartition()
    {
        Assert.Equal(Offset.None, Run.TakenOf(new("t", 0)));
        world.Part().SealForFlush();
        Assert.Equal(new Offset(1), Run.TakenOf(new TopicPartition("t", 0)));
        Assert.Equal(Offset.None, Run.TakenOf(new("t", 1)));
    }

    [Fact]
    public void WhatARunLeavesIsMemoryAndLogGivenBack()
    {
        var run = Run;
        world.Part().SealForFlush();
        run.Fail(new EngineException(ErrorKind.Unavailable, "for a test"));
        world.Until(() => world.Table().Run is null);
        Assert.Equal(0, run.Memory.HeldBytes);
        Assert.All(world.Context.Lanes, l => Assert.Null(l.Log.Pins.Oldest));
        world.Clock.Pass(60_000);
        world.Until(() => world.Table().Status().Rows == 4);
        world.Flush();
        Assert.Equal(2, world.Rows("default.t").Length);
    }
}
