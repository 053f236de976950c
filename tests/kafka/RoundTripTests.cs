using System.Text;
using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    [Fact]
    public void NullEmptyAndPresentKeysAndValuesStayApart()
    {
        broker.CreateTopic("t", 1);
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            producer.Produce(new() { Topic = "t", Partition = 0, HasKey = false, IsTombstone = true });
            producer.Produce(new() { Topic = "t", Partition = 0, HasKey = true, Value = [] });
            producer.Produce(new() { Topic = "t", Partition = 0, HasKey = true, Key = "k"u8, Value = "v"u8 });
            producer.Produce(new() { Topic = "t", Partition = 0, HasKey = true, Key = "k"u8, IsTombstone = true, TimestampMs = 5 });
            producer.Produce(new() { Topic = "t", Partition = 0, HasKey = true, Value = [], TimestampMs = 5 });
            Assert.True(producer.Flush(10_000));
            Assert.Equal(5, producer.Produced);
        }
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(5);
        Assert.Equal([null, "", "k", "k", ""], reader.Records.Select(r => r.Key is null ? null : Encoding.UTF8.GetString(r.Key)));
        Assert.Equal([null, "", "v", null, ""], reader.Records.Select(r => r.Text));
        Assert.Equal([0L, 1, 2, 3, 4], reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void HeadersKeepOrderRepeatsNullsAndEmptyValues()
    {
        broker.CreateTopic("t", 1);
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            KafkaHeader[] headers =
            [
                new("a", "1"u8.ToArray()), new("a", "2"u8.ToArray()), new("null", null), new("empty", Array.Empty<byte>()), new("größe", new byte[] { 0, 255, 0 }),
            ];
            producer.Produce(new() { Topic = "t", Partition = 0, Value = "v"u8, Headers = headers });
            producer.Produce(new() { Topic = "t", Partition = 0, Value = "v"u8 });
            Assert.True(producer.Flush(10_000));
        }
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(2);
        Assert.Equal(["a", "a", "null", "empty", "größe"], reader.Records[0].Headers.Select(h => h.Name));
        Assert.Equal([[49], [50], null, [], [0, 255, 0]], reader.Records[0].Headers.Select(h => h.Value));
        Assert.Empty(reader.Records[1].Headers);
    }

    [Fact]
    public void TimestampsSurviveAndDefaultToNow()
    {
        broker.CreateTopic("t", 1);
        var before = SystemClock.Instance.UnixMs;
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            producer.Produce(new() { Topic = "t", Partition = 0, Value = "old"u8, TimestampMs = 1_000_000_000_123 });
            producer.Produce(new() { Topic = "t", Partition = 0, Value = "now"u8 });
            Assert.True(producer.Flush(10_000));
        }
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(2);
        Assert.Equal(1_000_000_000_123, reader.Records[0].TimestampMs);
        Assert.Equal(TimestampType.Create, reader.Records[0].TimestampType);
        Assert.InRange(reader.Records[1].TimestampMs, before, SystemClock.Instance.UnixMs);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void EveryCodecRoundTrips(string codec)
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 5_000, compression: codec);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(5_000);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => i.ToString()), reader.Records.Select(r => r.Text));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void WhatAnotherClientProducesIsReadAsItIs(string codec)
    {
        broker.CreateTopic("t", 1);
        OtherClient.ProducesForUs(broker.BootstrapServers, "t", codec, topic => new(broker.BootstrapServers, "g", topic));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public void AnotherClientReadsWhatIsProducedAsItIs(string codec)
    {
        broker.CreateTopic("t", 1);
        OtherClient.ReadsOurs(broker.BootstrapServers, "t", codec);
    }

    [Fact]
    public void APollDeliversAtMostWhatItIsAskedForAndLosesNothing()
    {
        broker.CreateTopic("t", 2);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 500);
        Produce.Numbers(broker.BootstrapServers, "t", 1, 500);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        var largest = 0;
        reader.Until(() =>
        {
            largest = Math.Max(largest, reader.Consumer.Poll(100, 7, reader));
            return reader.Records.Count >= 1_000;
        }, maxRecords: 7);
        Assert.InRange(largest, 1, 7);
        for (var partition = 0; partition < 2; partition++)
            Assert.Equal(Enumerable.Range(0, 500).Select(i => (long)i), reader.Records.Where(r => r.Partition == partition).Select(r => r.Offset));
    }

    [Fact]
    public void PollingAllocatesNothingPerRecord()
    {
        const int count = 20_000;
        broker.CreateTopic("t", 2);
        Produce.Numbers(broker.BootstrapServers, "t", 0, count / 2);
        Produce.Numbers(broker.BootstrapServers, "t", 1, count / 2);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(1_000);
        var rest = new Counter();
        var seen = reader.Records.Count;
        while (seen + rest.Records < count)
        {
            // Group events and statistics may allocate; a poll that serves none of them must not.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var got = reader.Consumer.Poll(100, 5_000, rest);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (got > 0) rest.AllocatedPerPoll.Add(allocated);
        }
        Assert.True(rest.Bytes > count);
        Assert.All(rest.AllocatedPerPoll, allocated => Assert.InRange(allocated, 0, 1_024));
        Assert.Contains(0, rest.AllocatedPerPoll);
    }

    [Fact]
    public void AnExceptionInTheHandlerComesOutOfPollAndTheRestFollows()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 100);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        reader.Each = record =>
        {
            if (record.Offset == 10) throw new InvalidDataException("record 10");
        };
        var thrown = Assert.Throws<InvalidDataException>(() => reader.UntilRecords(100));
        Assert.Equal("record 10", thrown.Message);
        Assert.Equal(11, reader.Records.Count);
        reader.UntilRecords(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void AHandlerCanEndAPoll()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 100);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        reader.Each = record =>
        {
            if (record.Offset == 10) reader.Consumer.EndPoll();
        };
        reader.UntilRecords(1);
        Assert.Equal(11, reader.Records.Count);
        Assert.Equal(89, reader.Consumer.Poll(1_000, 1_000, reader));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void EventsAreServedWhileRecordsWait()
    {
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 100);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        for (var i = 0; i < 200 && reader.Assigned.Count == 0; i++) reader.Consumer.PollEvents(50);
        for (var i = 0; i < 10; i++) reader.Consumer.PollEvents(50);
        Assert.Single(reader.Assigned);
        Assert.Empty(reader.Records);
        reader.UntilRecords(100);
    }

    [Fact]
    public void TopicsHaveStableNumbers()
    {
        broker.CreateTopic("a", 1);
        broker.CreateTopic("b", 1);
        Produce.Numbers(broker.BootstrapServers, "a", 0, 10);
        Produce.Numbers(broker.BootstrapServers, "b", 0, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "a", "b").UntilRecords(20);
        Assert.Equal(10, reader.Records.Count(r => r.Topic == "a"));
        Assert.Equal(10, reader.Records.Count(r => r.Topic == "b"));
        Assert.Equal(new HashSet<string> { "a", "b" }, [reader.Consumer.TopicName(0), reader.Consumer.TopicName(1)]);
    }

    private sealed class Counter : IRecordHandler
    {
        public int Records { get; private set; }

        public long Bytes { get; private set; }

        public List<long> AllocatedPerPoll { get; } = new(10_000);

        public void OnRecord(in KafkaRecord record)
        {
            Records++;
            Bytes += record.Key.Length + record.Value.Length + (record.TimestampMs > 0 ? 1 : 0);
        }

        public void OnPartitionEnd(int topicId, int partition, Offset nextOffset)
        {
        }
    }
}
