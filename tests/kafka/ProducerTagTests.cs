using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed class ProducerTagTests : IDisposable
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    [Fact]
    public void FailedRecordsAreNamedByTheirTags()
    {
        broker.CreateTopic("t", 1);
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = broker.BootstrapServers }, LingerMs = 0, Idempotent = false, DeliveryTimeoutMs = 6_000 }, NullLog.Instance);
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "a"u8, Tag = 1 });
        Assert.True(producer.Flush(10_000));
        Assert.Empty(producer.TakeFailed());
        broker.GoDown();
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "b"u8, Tag = 2 });
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "c"u8, Tag = 3, Headers = new KafkaHeader[] { new("a", null) } });
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "d"u8 });
        Assert.True(producer.Flush(30_000));
        broker.GoUp();
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "e"u8, Tag = 4 });
        Assert.True(producer.Flush(30_000));
        Assert.Equal([2L, 3L], producer.TakeFailed().Order());
        Assert.Empty(producer.TakeFailed());
        Assert.Equal(3, producer.Failed);
    }

    [Fact]
    public void ARecordMayHaveManyHeaders()
    {
        broker.CreateTopic("t", 1);
        var headers = Enumerable.Range(0, 20_000).Select(i => new KafkaHeader($"h{i}", i % 2 == 0 ? null : (ReadOnlyMemory<byte>?)new byte[] { 1 })).ToArray();
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            producer.Produce(new() { Topic = "t", Partition = 0, Value = "v"u8, Headers = headers });
            Assert.True(producer.Flush(10_000));
            Assert.Equal(0, producer.Failed);
        }
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(1);
        Assert.Equal(20_000, reader.Records[0].Headers.Length);
    }
}
