using System.Text;
using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

/// <summary>A cluster: topics in memory, and consumers of them that do what a test tells them in their polls. One thread.</summary>
internal sealed class FakeTopics : IKafkaQueries
{
    private readonly Dictionary<TopicPartition, List<byte[]?>> records = [];

    internal List<FakeConsumer> Consumers { get; } = [];

    /// <summary>By topic; one that is not here has the id of its name.</summary>
    internal Dictionary<string, string> Ids { get; } = [];

    /// <summary>Appends records to a partition, which begins to be with the first.</summary>
    internal void Add(string topic, int partition, params string?[] values)
    {
        var to = new TopicPartition(topic, partition);
        if (!records.TryGetValue(to, out var all)) records[to] = all = [];
        foreach (var value in values) all.Add(value is null ? null : Encoding.UTF8.GetBytes(value));
    }

    internal IReadOnlyList<byte[]?> Of(TopicPartition partition) => records.GetValueOrDefault(partition) ?? [];

    internal TopicInfo Describe(string topic)
    {
        var partitions = records.Keys.Where(k => k.Topic == topic).Select(k => k.Partition + 1).DefaultIfEmpty(0).Max();
        return new(topic, Ids.GetValueOrDefault(topic, $"id of {topic}"), partitions, partitions > 0);
    }

    public IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> names, int timeoutMs) => [.. names.Select(Describe)];

    public Watermarks QueryWatermarks(TopicPartition partition, int timeoutMs) => new(new(0), new(Of(partition).Count));

    public TopicPartitionOffset[] OffsetsForTime(ReadOnlySpan<TopicPartition> partitions, long unixMs, int timeoutMs) =>
        throw new NotSupportedException();

    public void Dispose()
    {
        // It outlives the worlds that ask it.
    }

    internal FakeConsumer Open(ConsumerOptions options, IConsumerListener listener)
    {
        var consumer = new FakeConsumer(this, options, listener);
        Consumers.Add(consumer);
        return consumer;
    }
}
