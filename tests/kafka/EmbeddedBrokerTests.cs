using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>What the embedded broker can and cannot do; the module's README and the demo rely on it.</summary>
public sealed class EmbeddedBrokerTests
{
    [Fact]
    public void APartitionKeepsItsNewestBytesOnly()
    {
        const int count = 400, size = 50_000;
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            for (var i = 0; i < count; i++) producer.Produce(new() { Topic = "t", Partition = 0, Value = new byte[size] });
            Assert.True(producer.Flush(20_000));
            Assert.Equal(0, producer.Failed);
        }
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        Collector self = reader;
        Watermarks range = default;
        reader.Start = partition => (range = self.Admin.QueryWatermarks(partition, 10_000)).LowOffset;
        reader.Until(() => reader.Records.Count > 0 && reader.Records[^1].Offset == count - 1);
        Assert.Equal(new Offset(count), range.HighOffset);
        Assert.InRange((range.HighOffset - range.LowOffset) * size, EmbeddedBroker.PartitionBytes / 2, EmbeddedBroker.PartitionBytes + 2_000_000);
        Assert.Equal(range.LowOffset.Value, reader.Records[0].Offset);
    }

    [Fact]
    public void OffsetsByTimeAreNotSupportedAndReadAsTheEnd()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(10);
        Assert.Equal([new("t", 0, Offset.End)], reader.Admin.OffsetsForTime([new("t", 0)], 1, 10_000));
    }

    /// <summary>One that comes back late must not be taken for another that came since.</summary>
    [Fact]
    public void EachMemberOfAGroupHasAnIdOfItsOwn()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        var ids = Enumerable.Range(0, 20).Select(_ => OtherClient.JoinsAndLeaves(broker.BootstrapServers, "t")).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void RefusedRequestsAreRetried()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        const short produce = 0, fetch = 1;
        const int notLeader = 6, cut = KafkaError.Transport;
        broker.FailRequests(produce, notLeader, cut);
        broker.FailRequests(fetch, notLeader, cut, notLeader);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(10);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void SeveralBrokersShareThePartitions()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance, brokers: 3);
        broker.CreateTopic("t", 6);
        for (var partition = 0; partition < 6; partition++) Produce.Numbers(broker.BootstrapServers, "t", partition, 50);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(300);
        Assert.Equal(3, broker.BootstrapServers.Split(',').Length);
    }
}
