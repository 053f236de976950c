using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class LetterPolicyTests : IDisposable
{
    private readonly LetterWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void TheTopicGetsTheRecordAndWhereItCameFrom()
    {
        var letters = world.Open(DeadLetterPolicy.Topic);
        world.Add(letters, 0, 2, 7);
        letters.Keep("f", 1, [0], [world.Range(2, 0, 8)]);
        Assert.Equal(
            "shop.orders.dead-letters -=value-7 k2i.table:shop.orders k2i.topic:orders k2i.partition:2 k2i.offset:7 k2i.error:InvalidJson k2i.detail:at byte 7 k2i.timestamp:1700000000007 k2i.timestamp-type:CreateTime",
            Assert.Single(world.Producer.Delivered));
    }

    [Fact]
    public void OnlyWhatFailedIsProducedAgain()
    {
        var letters = world.Open(DeadLetterPolicy.Topic);
        world.Add(letters, 0, 0, 1, 2);
        world.Add(letters, 1, 1, 3);
        world.Producer.FailNext = 2;
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(Keep).Kind);
        Keep();
        Assert.Equal(["value-1", "value-2", "value-3"], world.Producer.Delivered.Select(d => d.Split(' ')[1][2..]).Order());

        void Keep() => letters.Keep("f", 1, [0, 1], [world.Range(0, 0, 5), world.Range(1, 0, 5)]);
    }

    [Fact]
    public void ARecordThatTheBrokerRefusesDoublesNoOther()
    {
        var letters = world.Open(DeadLetterPolicy.Topic);
        world.Add(letters, 0, 0, 1, 2, 3);
        world.Producer.Refuses = "value-2";
        for (var tries = 0; tries < 3; tries++) Assert.Throws<EngineException>(() => letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]));
        world.Producer.Refuses = null;
        letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]);
        Assert.Equal(["value-1", "value-2", "value-3"], world.Producer.Delivered.Select(d => d.Split(' ')[1][2..]));
    }

    [Fact]
    public void AnAwayBrokerIsWaitedForWithoutProducingTwice()
    {
        var letters = world.Open(DeadLetterPolicy.Topic);
        world.Add(letters, 0, 0, 1);
        world.Producer.Stuck = true;
        Assert.Throws<EngineException>(() => letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]));
        Assert.Throws<EngineException>(() => letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]));
        world.Producer.Stuck = false;
        letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]);
        Assert.Single(world.Producer.Delivered);
    }

    [Fact]
    public void PauseStopsAtTheRecordAndTakesNothingOfIt()
    {
        var letters = world.Open(DeadLetterPolicy.Pause);
        var error = Assert.Throws<EngineException>(() => world.Add(letters, 0, 1, 9));
        Assert.Equal(PauseReason.BadRecord, NamedStop.ReasonOf(error));
        Assert.Equal(new NamedStop.Place("orders", 1, new(9)), NamedStop.RecordOf(error));
        Assert.Contains("orders[1] offset 9: InvalidJson: at byte 9", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, letters.PendingBytes);
    }

    [Fact]
    public void AcceptedBadRecordsGoToTheTable()
    {
        world.Accepted[("orders", 1)] = new(9);
        var letters = world.Open(DeadLetterPolicy.Pause);
        world.Add(letters, 0, 1, 8, 9);
        Assert.Throws<EngineException>(() => world.Add(letters, 0, 1, 10));
        letters.Keep("f", 1, [0], [world.Range(1, 0, 10)]);
        Assert.Equal(["1:8", "1:9"], world.Rows());
    }

    [Fact]
    public void DroppedRecordsAreToldOfOnceInAWhile()
    {
        var letters = world.Open(DeadLetterPolicy.Drop);
        world.Add(letters, 0, 0, 1, 2, 3, 4);
        letters.Keep("f", 1, [0], [world.Range(0, 0, 5)]);
        Assert.Contains("offset=1", Assert.Single(world.Log.Lines), StringComparison.Ordinal);
        Assert.Empty(world.Rows());
    }
}
