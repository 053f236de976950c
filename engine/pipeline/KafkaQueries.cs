using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>What the engine asks of the cluster, on a client that is made with the first question. Any thread.</summary>
internal sealed class KafkaQueries(Func<IKafkaQueries> open) : IDisposable
{
    private const int CallMs = 10_000;

    private readonly Lock gate = new();
    private IKafkaQueries? client;

    internal IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> topics) => Client.DescribeTopics(topics, CallMs);

    internal Watermarks QueryWatermarks(TopicPartition partition) => Client.QueryWatermarks(partition, CallMs);

    internal Offset OffsetForTime(TopicPartition partition, long unixMs) => Client.OffsetsForTime([partition], unixMs, CallMs)[0].Offset;

    private IKafkaQueries Client
    {
        get
        {
            lock (gate) return client ??= open();
        }
    }

    /// <summary>Once nobody asks any more.</summary>
    public void Dispose() => client?.Dispose();
}
