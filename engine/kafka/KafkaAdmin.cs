using K2I.Base;

namespace K2I.Kafka;

/// <summary>A client that asks about the cluster and reads no records: for <c>validate --connect</c>, topic ids, starts of partitions, and topics of demos and tests.</summary>
/// <remarks>
/// Any thread. Every call throws an <see cref="EngineException"/>: Unavailable where no broker answers in time, Denied where a login or
/// a right fails.
/// </remarks>
public sealed unsafe class KafkaAdmin : IKafkaQueries
{
    private readonly ClientHandle client;
    private readonly Callbacks callbacks = new();

    public KafkaAdmin(ClientOptions options, ILog log)
    {
        using var conf = ClientConf.Create(options, _ => { }, KafkaProperties.AppliesToProducer);
        client = ClientHandle.OpenProducer(conf, options.ClientId, callbacks, log, SystemClock.Instance);
    }

    /// <summary>Returns when a broker has answered; throws with what librdkafka last said otherwise.</summary>
    public void CheckReachable(int timeoutMs) => ListTopics(timeoutMs);

    public IReadOnlyList<string> ListTopics(int timeoutMs) => Explain(() => AdminCalls.ListTopics(client.Pointer, timeoutMs));

    public IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> names, int timeoutMs) =>
        Explain(() => AdminCalls.DescribeTopics(client.Pointer, names, timeoutMs));

    public Watermarks QueryWatermarks(TopicPartition partition, int timeoutMs) => Explain(() =>
    {
        long low, high;
        KafkaError.Check(
            Native.QueryWatermarks(client.Pointer, partition.Topic, partition.Partition, &low, &high, timeoutMs), $"watermarks of {partition}");
        return new Watermarks(new(low), new(high));
    });

    public TopicPartitionOffset[] OffsetsForTime(ReadOnlySpan<TopicPartition> partitions, long unixMs, int timeoutMs)
    {
        var wanted = partitions.ToArray();
        return Explain(() =>
        {
            using var list = PartitionList.Of(wanted);
            for (var i = 0; i < list.Count; i++) list[i].Offset = unixMs;
            KafkaError.Check(Native.OffsetsForTimes(client.Pointer, list.Pointer, timeoutMs), "find offsets by time");
            return list.ToOffsets("offset by time");
        });
    }

    public void CreateTopic(string topic, int partitions, int timeoutMs, int replication = 1) => Explain(() =>
    {
        AdminCalls.CreateTopic(client.Pointer, topic, partitions, replication, timeoutMs);
        return true;
    });

    public void DeleteTopic(string topic, int timeoutMs) => Explain(() =>
    {
        AdminCalls.DeleteTopic(client.Pointer, topic, timeoutMs);
        return true;
    });

    public void Dispose() => client.Destroy(0);

    /// <summary>A request that fails for want of a connection says only that it timed out; the connection's own error says why.</summary>
    private T Explain<T>(Func<T> call)
    {
        try
        {
            // What was heard in the meantime is old.
            _ = Native.Poll(client.Pointer, 0);
            callbacks.Forget();
            return call();
        }
        catch (EngineException exception) when (exception.Kind == ErrorKind.Unavailable)
        {
            _ = Native.Poll(client.Pointer, 0);
            if (callbacks.LastError is not var (error, text)) throw;
            var kind = KafkaError.KindOf(error) == ErrorKind.Denied ? ErrorKind.Denied : ErrorKind.Unavailable;
            throw new EngineException(kind, $"{exception.Message} ({text})", exception);
        }
    }

    private sealed class Callbacks : IClientOwner
    {
        public (int Error, string Text)? LastError { get; private set; }

        public void OnError(int error, string text)
        {
            // "All brokers are down" only sums up the errors that came before it.
            if (error != KafkaError.AllBrokersDown || LastError is null) LastError = (error, text);
        }

        internal void Forget() => LastError = null;

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
