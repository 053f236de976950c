using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed class GroupTests : IDisposable
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void ASecondMemberTakesOverPartitionsWithoutLossOrRepeat(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 4);
        Takeover.Run(broker.BootstrapServers, "t", protocol, protocol == GroupProtocol.Classic ? EmbeddedBroker.ConsumerProperties : []);
    }

    [Fact]
    public void EachPartitionStartsWhereItIsToldTo()
    {
        broker.CreateTopic("t", 3);
        for (var partition = 0; partition < 3; partition++) Produce.Numbers(broker.BootstrapServers, "t", partition, 100);
        using var reader = new Collector(broker.BootstrapServers, "g", "t")
        {
            Start = partition => partition.Partition switch { 0 => Offset.Beginning, 1 => new(42), _ => Offset.End },
        };
        reader.UntilRecords(158);
        reader.PollFor(300);
        Produce.Numbers(broker.BootstrapServers, "t", 2, 1, from: 100);
        reader.UntilRecords(159);
        Assert.Equal(0, reader.Records.First(r => r.Partition == 0).Offset);
        Assert.Equal(42, reader.Records.First(r => r.Partition == 1).Offset);
        Assert.Equal(100, Assert.Single(reader.Records, r => r.Partition == 2).Offset);
    }

    [Fact]
    public void WatermarksAndTimesAreFoundWhilePartitionsAreAssigned()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        Collector? reader = null;
        Watermarks asked = default;
        TopicPartitionOffset[] young = [], acked = [];
        reader = new Collector(broker.BootstrapServers, "g", "t")
        {
            Start = partition =>
            {
                asked = reader!.Admin.QueryWatermarks(partition, 10_000);
                young = reader.Admin.OffsetsForTime([partition], SystemClock.Instance.UnixMs + 3_600_000, 10_000);
                acked = reader.Consumer.QueryAcked([partition], 10_000);
                return asked.LowOffset;
            },
        };
        using (reader)
        {
            Assert.False(reader.Consumer.TryGetWatermarks(new("t", 0), out _));
            reader.UntilRecords(10);
            Assert.Equal(new Watermarks(new(0), new(10)), asked);
            Assert.Equal([new("t", 0, Offset.End)], young);
            Assert.Equal([new("t", 0, Offset.None)], acked);
            Assert.True(reader.Consumer.TryGetWatermarks(new("t", 0), out var cached));
            Assert.Equal(new Offset(10), cached.HighOffset);
        }
    }

    [Fact]
    public void AcksReachTheGroupAndStartNothing()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        using (var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(10))
        {
            Assert.True(reader.Consumer.TryAck([new("t", 0, new(4))], 10_000));
            Assert.Equal([new("t", 0, new(4))], reader.Consumer.QueryAcked([new("t", 0)], 10_000));
            reader.Consumer.Ack([new("t", 0, new(7))]);
            reader.Until(() => reader.Consumer.QueryAcked([new("t", 0)], 10_000)[0].Offset == new Offset(7));
        }
        using var again = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(10);
        Assert.Equal(0, again.Records[0].Offset);
    }

    [Fact]
    public void AFailedAckIsToldAndNotThrown()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(1);
        const short offsetCommit = 8;
        broker.FailRequests(offsetCommit, 29, 29, 29);
        reader.Consumer.Ack([new("t", 0, new(1))]);
        reader.Until(() => reader.Problems.Any(p => p.Kind == KafkaProblemKind.AckFailed));
        broker.FailRequests(offsetCommit, 29);
        Assert.Equal(("t", 0, new Offset(1)), reader.Problems.Where(p => p.Kind == KafkaProblemKind.AckFailed).Select(p => (p.Topic, p.Partition, p.Offset)).First());
    }

    [Fact]
    public void RevokedIsCalledBeforeThePartitionGoesSoThatItCanStillBeAcked()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        var reader = new Collector(broker.BootstrapServers, "g", "t");
        var acked = false;
        reader.Revoked = _ => acked = reader.Consumer.TryAck([new("t", 0, new(10))], 10_000);
        reader.UntilRecords(10);
        reader.Consumer.Close(10_000);
        Assert.True(acked);
        Assert.Equal(["assigned 1", "revoked 1"], reader.Groups);
        reader.Dispose();
    }

    [Fact]
    public void AListenerThatThrowsAtAssignmentStartsNothing()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t") { Start = _ => throw new InvalidDataException("no start") };
        Assert.Throws<InvalidDataException>(() => reader.UntilRecords(1));
        reader.PollFor(500);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        reader.PollFor(500);
        Assert.Empty(reader.Records);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public void AMemberThatPollsTooLateLosesItsPartitionsAndGetsThemBack(GroupProtocol protocol)
    {
        broker.CreateTopic("t", 2);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 100);
        List<KeyValuePair<string, string>> properties = [new("max.poll.interval.ms", "2000")];
        if (protocol == GroupProtocol.Classic) properties.AddRange([new("session.timeout.ms", "2000"), new("heartbeat.interval.ms", "200")]);
        using var reader = new Collector(new ConsumerOptions
        {
            Client = new() { Brokers = broker.BootstrapServers, Properties = properties },
            Group = "g",
            Topics = ["t"],
            Protocol = protocol,
        });
        reader.UntilRecords(100);

        // Waiting inside a poll is no lateness.
        reader.Consumer.Poll(3_000, 1, reader);
        reader.PollFor(500);
        Assert.Equal(["assigned 2"], reader.Groups);

        Thread.Sleep(3_500);
        reader.Until(() => reader.Problems.Any(p => p.Kind == KafkaProblemKind.PollTooLate));
        Produce.Numbers(broker.BootstrapServers, "t", 0, 100, from: 100);
        reader.UntilRecords(200);
        Assert.Equal(["assigned 2", "lost 2", "assigned 2"], reader.Groups);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void AStaticMemberComesBackToItsPartitions()
    {
        broker.CreateTopic("t", 2);
        for (var round = 0; round < 2; round++)
        {
            using var reader = new Collector(new ConsumerOptions
            {
                Client = new() { Brokers = broker.BootstrapServers, Properties = EmbeddedBroker.ConsumerProperties },
                Group = "g",
                Topics = ["t"],
                InstanceId = "host-1",
            });
            reader.Until(() => reader.Assigned.Count == 2);
        }
    }

    [Fact]
    public void ARegularExpressionFindsTopics()
    {
        broker.CreateTopic("logs.a", 1);
        broker.CreateTopic("other", 1);
        broker.CreateTopic("logs.b", 1);
        foreach (var topic in new[] { "logs.a", "logs.b", "other" }) Produce.Numbers(broker.BootstrapServers, topic, 0, 5);
        using var reader = new Collector(broker.BootstrapServers, "g", "^logs\\..*").UntilRecords(10);
        reader.PollFor(200);
        Assert.Equal(["logs.a", "logs.b"], reader.Records.Select(r => r.Topic).Distinct().Order());
    }
}
