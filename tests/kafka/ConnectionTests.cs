using System.Net;
using System.Net.Sockets;
using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public void ABrokerThatGoesAwayIsWaitedForAndSeen()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(10);
        reader.Until(() => reader.Consumer.Connection.State == KafkaConnectionState.Up);
        broker.GoDown();
        reader.Until(() => reader.Consumer.Connection.State == KafkaConnectionState.Down);
        Assert.NotNull(reader.Consumer.Connection.LastError);
        Assert.Contains(reader.Problems, p => p.Kind == KafkaProblemKind.Unavailable);
        broker.GoUp();
        reader.Until(() => reader.Consumer.Connection.State == KafkaConnectionState.Up);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10, from: 10);
        reader.UntilRecords(20);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), reader.Records.Select(r => r.Offset));
    }

    [Fact]
    public void ABrokerThatIsAwayAtStartIsWaitedFor()
    {
        using var reader = new Collector(UnusedAddress(), "g", "t");
        reader.Until(() => reader.Consumer.Connection.State == KafkaConnectionState.Down);
        reader.PollFor(300);
        Assert.Contains("refused", reader.Consumer.Connection.LastError, StringComparison.OrdinalIgnoreCase);
        Assert.All(reader.Problems, p => Assert.Equal(KafkaProblemKind.Unavailable, p.Kind));
    }

    [Fact]
    public void ATopicThatDoesNotExistIsToldAndTakenUpOnceItDoes()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        using var reader = new Collector(new ConsumerOptions
        {
            Client = new()
            {
                Brokers = broker.BootstrapServers,
                Properties = [new("topic.metadata.refresh.interval.ms", "500"), new("topic.metadata.propagation.max.ms", "0")],
            },
            Group = "g",
            Topics = ["late"],
        });
        reader.Until(() => reader.Problems.Any(p => p.Kind == KafkaProblemKind.UnknownTopic));
        Assert.Contains(reader.Problems, p => p.Topic == "late");
        broker.CreateTopic("late", 1);
        Produce.Numbers(broker.BootstrapServers, "late", 0, 5);
        reader.UntilRecords(5);
    }

    [Fact]
    public void AnOffsetOutOfRangeIsToldWithItsPlaceAndStopsOnlyThatPartition()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 2);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        Produce.Numbers(broker.BootstrapServers, "t", 1, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t") { Start = p => new(p.Partition == 0 ? 5_000 : 0) };
        reader.Until(() => reader.Problems.Any(p => p.Kind == KafkaProblemKind.OffsetOutOfRange) && reader.Records.Count == 10);
        var problem = reader.Problems.First(p => p.Kind == KafkaProblemKind.OffsetOutOfRange);
        Assert.Equal(("t", 0), (problem.Topic, problem.Partition));
        Assert.All(reader.Records, r => Assert.Equal(1, r.Partition));
        reader.Start = _ => throw new InvalidOperationException("a start is no assignment");
        reader.Consumer.Start([new("t", 0, new(3))]);
        reader.UntilRecords(17);
        Assert.Equal([3L, 4, 5, 6, 7, 8, 9], reader.Records.Where(r => r.Partition == 0).Select(r => r.Offset));
    }

    [Fact]
    public void RecordsDeletedUnderTheReaderAreToldAndNotSkipped()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 5);
        using (var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(5)) Assert.Equal(4, reader.Records[^1].Offset);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 5);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 5);
        broker.DeleteRecords(new("t", 0), new(10));
        using var again = new Collector(broker.BootstrapServers, "g", "t") { Start = _ => new(5) };
        again.Until(() => again.Problems.Any(p => p.Kind == KafkaProblemKind.OffsetOutOfRange));
        Assert.Empty(again.Records);
        Assert.Equal(new Watermarks(new(10), new(15)), again.Admin.QueryWatermarks(new("t", 0), 10_000));
    }

    [Fact]
    public void ACorruptBatchStopsItsPartitionBeforeWhatLiesBehind()
    {
        // The embedded broker writes the end marker of a transaction with a wrong checksum: here at offset 2.
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 2);
        using (var transactions = new Transactions(broker.BootstrapServers, "tx")) transactions.Run("t", true, "a", "b");
        Produce.Numbers(broker.BootstrapServers, "t", 0, 10);
        Produce.Numbers(broker.BootstrapServers, "t", 1, 10);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        reader.Until(() => reader.Problems.Count > 0 && reader.Records.Count >= 12);
        reader.PollFor(500);
        var problem = Assert.Single(reader.Problems);
        Assert.Equal((KafkaProblemKind.Corrupt, "t", 0, new Offset(2)), (problem.Kind, problem.Topic, problem.Partition, problem.Offset));
        Assert.Equal(["a", "b"], reader.Records.Where(r => r.Partition == 0).Select(r => r.Text));

        reader.Consumer.Start([new("t", 0, new(2))]);
        reader.Until(() => reader.Problems.Count == 2);
        reader.Consumer.Start([new("t", 0, new(3))]);
        reader.UntilRecords(22);
    }

    [Fact]
    public void AMissingRightIsToldByName()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        broker.FailTopic("t", 29);
        using var reader = new Collector(broker.BootstrapServers, "g", "t");
        reader.Until(() => reader.Problems.Any(p => p is { Kind: KafkaProblemKind.Denied, Topic: "t" }));
    }

    [Fact]
    public void ClosingIsBoundedWhileTheBrokerIsAway()
    {
        var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(1);
        broker.GoDown();
        reader.PollFor(200);
        var closed = Task.Run(() => reader.Consumer.Close(1_000));
        Assert.True(closed.Wait(30_000));
        Assert.Empty(reader.Assigned);
        reader.Dispose();
        broker.Dispose();
    }

    [Fact]
    public void AFaultOnAThreadOfTheClientIsNotSilent()
    {
        const ulong faults = 1UL << (11 - 1) | 1UL << (7 - 1) | 1UL << (8 - 1) | 1UL << (4 - 1);
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        Produce.Numbers(broker.BootstrapServers, "t", 0, 1);
        using var reader = new Collector(broker.BootstrapServers, "g", "t").UntilRecords(1);
        var masks = ThreadsOfClients().ToArray();
        Assert.True(masks.Length >= 4, $"{masks.Length} threads");
        Assert.All(masks, blocked => Assert.Equal(0UL, blocked & faults));
    }

    [Fact]
    public void AnUnreachableClusterFailsTheCheckWithTheReason()
    {
        using var admin = new KafkaAdmin(new() { Brokers = UnusedAddress() }, NullLog.Instance);
        var thrown = Assert.Throws<EngineException>(() => admin.CheckReachable(1_500));
        Assert.Equal(ErrorKind.Unavailable, thrown.Kind);
        Assert.Contains("refused", thrown.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void AProducerCountsWhatItCouldNotDeliver()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        using var producer = Produce.Open(broker.BootstrapServers, timeoutMs: 6_000);
        Produce.Text(producer, "t", 0, "there");
        Assert.True(producer.Flush(10_000));
        broker.GoDown();
        Produce.Text(producer, "t", 0, "lost");
        Assert.True(producer.Flush(20_000));
        Assert.Equal((2, 1), (producer.Produced, producer.Failed));
        Assert.NotNull(producer.LastError);
    }

    [Fact]
    public void AProducerHoldsNoMoreThanItsBound()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        broker.GoDown();
        using var producer = new KafkaProducer(
            new() { Client = new() { Brokers = broker.BootstrapServers }, BufferRecords = 100, DeliveryTimeoutMs = 1_000 }, NullLog.Instance);
        var taken = 0;
        while (producer.TryProduce(new() { Topic = "t", Partition = 0, Value = "v"u8 })) taken++;
        Assert.Equal(100, taken);
        Assert.InRange(producer.InFlight, 100, 110);
    }

    [Fact]
    public void AProducerWithoutRoomGivesUpByItsClock()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("t", 1);
        broker.GoDown();
        using var producer = new KafkaProducer(
            new() { Client = new() { Brokers = broker.BootstrapServers }, BufferRecords = 1, DeliveryTimeoutMs = 60_000 }, NullLog.Instance, new LeapingClock());
        producer.Produce(new() { Topic = "t", Partition = 0, Value = "v"u8 });
        var full = Assert.Throws<EngineException>(() => producer.Produce(new() { Topic = "t", Partition = 0, Value = "v"u8 }, 3_600_000 - 1));
        Assert.Equal(ErrorKind.Full, full.Kind);
    }

    /// <summary>The signals that each of librdkafka's threads blocks, a bit for each.</summary>
    private static IEnumerable<ulong> ThreadsOfClients()
    {
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
        {
            string name, status;
            try
            {
                name = File.ReadAllText(Path.Combine(task, "comm"));
                status = File.ReadAllText(Path.Combine(task, "status"));
            }
            catch (IOException)
            {
                // It has ended since.
                continue;
            }
            if (!name.StartsWith("rdk:", StringComparison.Ordinal)) continue;
            yield return Convert.ToUInt64(status.Split('\n').First(line => line.StartsWith("SigBlk:", StringComparison.Ordinal))[7..].Trim(), 16);
        }
    }

    private static string UnusedAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
