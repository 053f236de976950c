using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// A Kafka broker inside this process, for demos and tests: librdkafka's mock cluster on a loopback port. It keeps little of what it gets
/// (<see cref="PartitionBytes"/> and <see cref="PartitionBatches"/>, oldest batches dropped first) and nothing on disk. See the module's README for what
/// it can do.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed unsafe class EmbeddedBroker : IDisposable
{
    /// <summary>Bytes of batches, as compressed, that a partition keeps.</summary>
    public const int PartitionBytes = 5 * 1024 * 1024;

    /// <summary>Batches that a partition keeps.</summary>
    public const int PartitionBatches = 100_000;

    /// <summary>
    /// Settings for consumers of this broker: its classic groups wait out the session timeout at each rebalance but the first, so that must be short.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ConsumerProperties { get; } =
        [new("session.timeout.ms", "3000"), new("heartbeat.interval.ms", "300")];

    /// <summary>How often members hear of a rebalance, with the broker's protocol.</summary>
    private const int GroupHeartbeatMs = 300;

    private readonly ClientHandle client;
    private nint cluster;

    public EmbeddedBroker(ILog log, int brokers = 1)
    {
        using var conf = ClientConf.Create(new() { Brokers = "", ClientId = "embedded-broker" }, _ => { }, _ => false);
        client = ClientHandle.OpenProducer(conf, "embedded-broker", new Silent(), log, SystemClock.Instance);
        cluster = Native.MockNew(client.Pointer, brokers);
        if (cluster == 0) throw new EngineException(ErrorKind.Unavailable, "kafka: the embedded broker cannot open a loopback port");
        BootstrapServers = KafkaError.Utf8(Native.MockBootstraps(cluster));
        Native.MockGroupDelay(cluster, 0);
        Native.MockGroupHeartbeat(cluster, GroupHeartbeatMs);
        Native.MockController(cluster, 1);
    }

    /// <summary>What a client takes as <see cref="ClientOptions.Brokers"/>.</summary>
    public string BootstrapServers { get; }

    public void CreateTopic(string topic, int partitions) =>
        KafkaError.Check(Native.MockTopicCreate(cluster, topic, partitions, 1), $"create topic {topic}");

    public void DeleteTopic(string topic) => KafkaError.Check(Native.MockTopicDelete(cluster, topic), $"delete topic {topic}");

    /// <summary>Drops the records before an offset, as retention would.</summary>
    public void DeleteRecords(TopicPartition partition, Offset beforeOffset) =>
        KafkaError.Check(Native.MockDeleteRecords(cluster, partition.Topic, partition.Partition, beforeOffset.Value), $"delete records of {partition}");

    /// <summary>Answers the next requests of a kind (Kafka's API key) with these errors, one each; -195 cuts the connection.</summary>
    public void FailRequests(short apiKey, params ReadOnlySpan<int> errors)
    {
        fixed (int* first = errors) Native.MockPushErrors(cluster, apiKey, (nuint)errors.Length, first);
    }

    /// <summary>Makes metadata name an error for a topic (Kafka's error code; 0 ends it).</summary>
    public void FailTopic(string topic, int error) => Native.MockTopicSetError(cluster, topic, error);

    /// <summary>Cuts all connections and takes no new ones, until <see cref="GoUp"/>.</summary>
    public void GoDown() => KafkaError.Check(Native.MockBrokerDown(cluster, -1), "take the embedded broker down");

    public void GoUp() => KafkaError.Check(Native.MockBrokerUp(cluster, -1), "bring the embedded broker up");

    public void Dispose()
    {
        if (cluster == 0) return;
        Native.MockDestroy(cluster);
        cluster = 0;
        client.Destroy(0);
    }

    /// <summary>The client that hosts the cluster connects nowhere; what it says of that is of no interest.</summary>
    private sealed class Silent : IClientOwner
    {
        public void OnError(int error, string text)
        {
        }

        public void OnRebalance(int error, NativePartitionList* partitions)
        {
        }

        public void OnAcked(int error, NativePartitionList* partitions)
        {
        }

        public void OnDelivered(NativeMessage* message)
        {
        }
    }
}
