using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>Partitions deliver from where they were started last, and nothing while they are stopped.</summary>
public sealed class StartTests : IDisposable
{
    /// <summary>Each rebalance but the first of a classic group of that broker takes a session, less a second where it is longer.</summary>
    private static readonly KeyValuePair<string, string>[] ShortSession =
        [new("session.timeout.ms", "1500"), new("heartbeat.interval.ms", "150")];

    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void AssignedPartitionsDeliverNothingUntilTheyAreStarted(GroupProtocol protocol) =>
        StartChecks.NothingBeforeTheStart(broker.BootstrapServers, Topic(2), protocol, Properties(protocol));

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void EveryRecordComesOnceFromTheLastStart(GroupProtocol protocol) =>
        StartChecks.EveryRecordOnceFromTheLastStart(broker.BootstrapServers, Topic(8), protocol, Properties(protocol));

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ALaterPositionWinsOverAnEarlierOne(GroupProtocol protocol) =>
        StartChecks.ALaterPositionWinsOverAnEarlierOne(broker.BootstrapServers, Topic(12), protocol, Properties(protocol));

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void PartitionsMoveWhileTheyAreStopped(GroupProtocol protocol) =>
        StartChecks.PartitionsMoveWhileTheyAreStopped(broker.BootstrapServers, Topic(4), protocol, Properties(protocol));

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void StartsAmidRebalancesAreAsExact(GroupProtocol protocol) =>
        StartChecks.StartsAmidRebalances(broker.BootstrapServers, Topic(16), protocol, Properties(protocol));

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void TheSubscriptionChangesUnderWay(GroupProtocol protocol)
    {
        KeyValuePair<string, string>[] eager =
            [new("topic.metadata.refresh.interval.ms", "300"), new("topic.metadata.propagation.max.ms", "0")];
        StartChecks.TheSubscriptionChanges(
            broker.BootstrapServers, Create, "one", "other", "many", protocol, [.. Properties(protocol), .. eager]);

        string Create(string topic)
        {
            broker.CreateTopic(topic, 2);
            return topic;
        }
    }

    [Fact]
    public void AStartDropsWhatWasFetchedBefore()
    {
        Topic(1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 5_000);
        using var reader = Open();
        reader.Until(() => reader.Assigned.Count == 1);
        reader.Start(StrictReader.At("t", 0, 0));
        foreach (var start in new[] { 3, 4_900, 2_500, 0, 4_990 })
        {
            // All that is left waits by now, and is not taken.
            reader.Until(() => reader.Next(new("t", 0)) > 10, maxRecords: 10);
            reader.PollFor(0);
            reader.Start(StrictReader.At("t", 0, start));
            reader.Consumer.Poll(1_000, 5, reader);
        }
        reader.Until(() => reader.Next(new("t", 0)) == 5_000);
    }

    [Fact]
    public void AStopFromWithinARecordHoldsForThoseBehindIt()
    {
        Topic(2);
        for (var p = 0; p < 2; p++) Produce.Numbers(broker.BootstrapServers, "t", p, 1_000);
        using var reader = Open();
        reader.Until(() => reader.Assigned.Count == 2);
        var stopped = new List<long>();
        reader.Each = (partition, offset) =>
        {
            if (partition.Partition == 0 && offset % 100 == 9) stopped.Add(reader.Stop(partition)[0].Offset.Value);
        };
        reader.Start(StrictReader.At("t", 0, 0), StrictReader.At("t", 1, 0));
        reader.Until(() => reader.Next(new("t", 1)) == 1_000);
        reader.PollFor(300);
        Assert.Equal([10L], stopped);
        while (stopped[^1] < 910)
        {
            var seen = stopped.Count;
            reader.Start(StrictReader.At("t", 0, stopped[^1]));
            reader.Until(() => stopped.Count > seen);
        }
        Assert.Equal(10, stopped.Count);
    }

    [Fact]
    public void AnOffsetOutOfRangeIsToldOfTheLastStartAloneAndCuredByAnother()
    {
        Topic(2);
        for (var p = 0; p < 2; p++) Produce.Numbers(broker.BootstrapServers, "t", p, 100);
        using var reader = Open();
        reader.Until(() => reader.Assigned.Count == 2);
        for (var round = 1; round <= 5; round++)
        {
            reader.Start(StrictReader.At("t", 0, 5_000 + round), StrictReader.At("t", 1, 0));
            reader.Until(() => reader.Problems.Count == round && reader.Next(new("t", 1)) == 100);
            var told = reader.Problems[^1];
            Assert.Equal(KafkaProblemKind.OffsetOutOfRange, told.Kind);
            Assert.Equal(("t", 0, new Offset(5_000 + round)), (told.Topic, told.Partition, told.Offset));
            reader.Start(StrictReader.At("t", 0, 90));
            reader.Until(() => reader.Next(new("t", 0)) == 100);
        }
        reader.PollFor(300);
        Assert.Equal(5, reader.Problems.Count);
    }

    [Fact]
    public void PartitionsThatAreNotAssignedCannotBeStarted()
    {
        Topic(1);
        using var reader = Open();
        Assert.Throws<InvalidOperationException>(() => reader.Start(StrictReader.At("t", 0, 0)));
        reader.Until(() => reader.Assigned.Count == 1);
        Assert.Throws<InvalidOperationException>(() => reader.Start(StrictReader.At("t", 1, 0)));
        Assert.Throws<InvalidOperationException>(() => reader.Start(StrictReader.At("t", 0, Offset.None.Value)));
        // Stopping one is nothing.
        reader.Stop(new TopicPartition("t", 7), new TopicPartition("nowhere", 0));
    }

    [Fact]
    public void FiveHundredPartitionsAreStartedAndStoppedTogether()
    {
        const int partitions = 500, each = 20;
        Topic(partitions);
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            for (var i = 0; i < partitions * each; i++) Produce.Text(producer, "t", i % partitions, "x");
            Assert.True(producer.Flush(30_000));
        }
        using var reader = Open();
        reader.Until(() => reader.Assigned.Count == partitions);
        reader.Start([.. reader.Assigned.Select(p => StrictReader.At("t", p.Partition, 0))]);
        for (var round = 0; round < 30; round++)
        {
            reader.Consumer.Poll(20, 100, reader);
            reader.Start(reader.Stop([.. reader.Assigned]));
        }
        reader.Until(() => reader.Ends.Count == partitions && reader.Assigned.All(p => reader.Next(p) == each));
        Assert.Equal(partitions * each, reader.Records);
    }

    /// <summary>A partition that is started waits for the fetch that is under way, which waits for records of others.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>> Properties(GroupProtocol protocol) =>
        [new("fetch.wait.max.ms", "20"), .. protocol == GroupProtocol.Classic ? ShortSession : []];

    private string Topic(int partitions)
    {
        broker.CreateTopic("t", partitions);
        return "t";
    }

    private StrictReader Open() => new(broker.BootstrapServers, "g", GroupProtocol.Classic, Properties(GroupProtocol.Classic), "t");
}
