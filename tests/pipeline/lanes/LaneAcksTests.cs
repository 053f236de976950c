using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

public sealed class LaneAcksTests : IDisposable
{
    private readonly LaneWorld world =
        new(LaneWorld.OptionsFor([.. new[] { "a", "b" }.Select(n => new TableOptions { Name = n, Topics = ["t"] })]));
    private readonly List<TopicPartitionOffset> acked = [];
    private readonly LanePartition partition = new("t", 0);
    private readonly LaneAcks acks;

    public LaneAcksTests() => acks = new(world.Lane.Log);

    public void Dispose() => world.Dispose();

    [Fact]
    public void APartitionOfTwoTablesIsAsFarAsTheLaterOne()
    {
        var (one, other) = (Fed("a", taken: 20), Fed("b", taken: 12));
        Tick();
        Tick();
        Assert.Equal([new("t", 0, new(12))], acked);
        other.Take(new(30));
        Tick();
        Tick();
        Assert.Equal(new("t", 0, new(20)), acked[^1]);
        Assert.Equal([new("t", 0, Offset.Min(one.CommittedOffset, other.CommittedOffset))], LaneAcks.Committed([partition]));
    }

    [Fact]
    public void NothingIsAckedWhileOneTableHasNotSaidWhereItStands()
    {
        Fed("a", taken: 20);
        partition.Feeds.Add(new(world.Table("b")));
        Tick();
        Tick();
        Assert.Empty(acked);
        Assert.Empty(LaneAcks.Committed([partition]));
    }

    [Fact]
    public void WhatIsAckedWasOnDiskAndIsToldOnce()
    {
        Fed("a", taken: 20);
        // Taken by now, and acked once what was appended by now is synced.
        Tick();
        Assert.Empty(acked);
        for (var i = 0; i < 3; i++) Tick();
        Assert.Single(acked);
    }

    private Source Fed(string table, long taken)
    {
        var source = new Source(0, "t", 0) { CommittedOffset = new(5) };
        source.StartAt(new(5));
        source.Take(new(taken));
        partition.Feeds.Add(new(world.Table(table)) { Source = source });
        return source;
    }

    private void Tick() => acks.Tick([partition], next => acked.AddRange(next));
}
