using K2I.Base;

namespace K2I.Kafka;

/// <summary>A client that asks about the cluster and reads no records: for <c>validate --connect</c>, topic ids, and topics of demos and tests.</summary>
/// <remarks>
/// Short-lived; any thread. Every call throws an <see cref="EngineException"/>: Unavailable where no broker answers in time, Denied where a login or
/// a right fails.
/// </remarks>
public sealed unsafe class KafkaAdmin : IDisposable
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

    /// <summary>One entry per name, in any order; names that do not exist are entries too.</summary>
    public IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> names, int timeoutMs) =>
        Explain(() => AdminCalls.DescribeTopics(client.Pointer, names, timeoutMs));

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
