using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>What concerns a table stays with that table.</summary>
public sealed class LaneTests : IDisposable
{
    private readonly LaneWorld world;

    public LaneTests()
    {
        world = new(LaneWorld.OptionsFor(Table("a", "x", "y"), Table("b", "y")));
        world.Topics.Add("x", 0, """{"id":1}""");
        world.Topics.Add("y", 0, """{"id":2}""");
        world.Assign(0, "x", 0);
        world.Assign(0, "y", 0);
        world.Until(() => world.Table("a").Status().Rows == 2 && world.Table("b").Status().Rows == 1);
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void ATopicThatIsDeniedPausesTheTablesThatItFeedsAlone()
    {
        Tell(new(KafkaProblemKind.Denied, "x", -1, Offset.None, "no right to read"));
        world.Until(() => world.Table("a").Status().State == TableState.Paused);
        Assert.Equal((TableState.Running, ""), (world.Table("b").Status().State, world.Table("b").LastError));
        world.Topics.Add("y", 0, """{"id":3}""");
        world.Until(() => world.Table("b").Status().Rows == 2);
    }

    [Fact]
    public void AGroupThatIsDeniedPausesAllTables()
    {
        Tell(new(KafkaProblemKind.Denied, null, -1, Offset.None, "no right to join"));
        world.Until(() => world.Table("a").Status().State == TableState.Paused && world.Table("b").Status().State == TableState.Paused);
    }

    [Fact]
    public void ATopicThatIsMissingIsToldOfItsTablesAlone()
    {
        Tell(new(KafkaProblemKind.UnknownTopic, "x", -1, Offset.None, "unknown"));
        world.Settle();
        Assert.Equal(["x"], [.. world.Table("a").Status().MissingTopics]);
        Assert.Empty(world.Table("b").Status().MissingTopics);
    }

    [Fact]
    public void AnOffsetThatKafkaDoesNotHoldStopsTheTablesOfThatPartition()
    {
        Tell(new(KafkaProblemKind.OffsetOutOfRange, "x", 0, new(9), "gone"));
        world.Until(() => world.Table("a").Status().State == TableState.Paused);
        Assert.Equal(PauseReason.OffsetOutOfRange, world.Table("a").Status().PauseReason);
        Assert.Equal(TableState.Running, world.Table("b").Status().State);
        // The topic that feeds both goes on for the one that is left.
        Assert.True(world.Consumers[0].IsStarted("y", 0));
        Assert.False(world.Consumers[0].IsStarted("x", 0));
    }

    [Fact]
    public void RecordsOfAPartitionThatCameBackReachItsTable()
    {
        world.Revoke(0, "x", 0);
        world.Settle();
        world.Clock.Pass(60_000);
        world.Assign(0, "x", 0);
        world.Topics.Add("x", 0, """{"id":4}""");
        world.Until(() =>
            world.Table("a").Run?.Parts.SelectMany(p => p.Sources).Any(s => s.Topic == "x" && s.TakenOffset == new Offset(2)) ?? false);
    }

    private void Tell(KafkaProblem problem) => world.Consumers[0].Tell(l => l.OnProblem(in problem));

    private static TableOptions Table(string name, params string[] topics) =>
        new() { Name = name, Topics = [.. topics], Columns = "id: long", Flush = new() { AgeMs = 10_000_000 } };
}
