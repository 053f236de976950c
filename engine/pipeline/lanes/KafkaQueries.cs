using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>What is asked of the broker by a lane's consumer, from any thread, for as long as the lane has one. Throws Unavailable where it has none.</summary>
internal sealed class KafkaQueries(IClock clock)
{
    internal const int CallMs = 10_000;

    private readonly Lock gate = new();
    private readonly ILatch idle = clock.CreateLatch(isSet: true);
    private IConsumer? consumer;
    private int calls;

    internal void Open(IConsumer opened)
    {
        lock (gate) consumer = opened;
    }

    /// <summary>No further call begins; returns once those under way have ended. The lane's thread, before the consumer goes.</summary>
    internal void Close()
    {
        lock (gate) consumer = null;
        _ = idle.Wait();
    }

    internal IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> topics) => Call(c => c.DescribeTopics(topics, CallMs));

    internal Watermarks QueryWatermarks(TopicPartition partition) => Call(c => c.QueryWatermarks(partition, CallMs));

    internal Offset OffsetForTime(TopicPartition partition, long unixMs) => Call(c => c.OffsetsForTime([partition], unixMs, CallMs)[0].Offset);

    private T Call<T>(Func<IConsumer, T> call)
    {
        IConsumer? now;
        lock (gate)
        {
            now = consumer ?? throw new EngineException(ErrorKind.Unavailable, "the lane has left its group");
            if (calls++ == 0) idle.Reset();
        }
        try
        {
            return call(now);
        }
        finally
        {
            lock (gate)
                if (--calls == 0) idle.Set();
        }
    }
}
