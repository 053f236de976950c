using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// What is asked of the cluster beside reading: <see cref="KafkaAdmin"/>, or a simulation of one. Any thread. Apart from consumers, as a
/// broker answers the requests of a connection one after another: behind a fetch that waits for records each would take half a second.
/// </summary>
public interface IKafkaQueries : IDisposable
{
    /// <summary>One entry per name, in any order; names that do not exist are entries too.</summary>
    IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> names, int timeoutMs);

    /// <summary>The range of offsets that a partition holds.</summary>
    Watermarks QueryWatermarks(TopicPartition partition, int timeoutMs);

    /// <summary>The first offset at or after a time in each partition, or <see cref="Offset.End"/> where nothing is that young.</summary>
    TopicPartitionOffset[] OffsetsForTime(ReadOnlySpan<TopicPartition> partitions, long unixMs, int timeoutMs);
}
