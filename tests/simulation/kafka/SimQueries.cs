using K2I.Base;
using K2I.Kafka;

namespace K2I.Simulation.Tests;

/// <summary>Questions to the simulated cluster.</summary>
public sealed class SimQueries(SimBroker broker) : IKafkaQueries
{
    private readonly Scheduler scheduler = broker.Scheduler;

    public TopicPartitionOffset[] OffsetsForTime(ReadOnlySpan<TopicPartition> partitions, long unixMs, int timeoutMs)
    {
        var wanted = partitions.ToArray();
        scheduler.Enter("offsets for time");
        broker.RequireUp(timeoutMs, "offsets by time");
        return [.. wanted.Select(p =>
            new TopicPartitionOffset(p.Topic, p.Partition,
            broker.Topic(p.Topic).Partitions[p.Partition].Records.FirstOrDefault(r => r.TimestampMs >= unixMs && !r.Gone) is { } found
            ? new Offset(found.Offset) : Offset.End))];
    }

    public Watermarks QueryWatermarks(TopicPartition partition, int timeoutMs)
    {
        scheduler.Enter($"watermarks {partition}");
        broker.RequireUp(timeoutMs, $"watermarks of {partition}");
        var found = broker.Topic(partition.Topic).Partitions[partition.Partition];
        return new(new(found.Low), new(found.High));
    }

    public IReadOnlyList<TopicInfo> DescribeTopics(IReadOnlyList<string> names, int timeoutMs)
    {
        scheduler.Enter("describe topics");
        broker.RequireUp(timeoutMs, "describe topics");
        return [.. names.Select(n =>
            broker.Find(n) is { } t ? new TopicInfo(n, t.Id, t.Partitions.Length, true) : new TopicInfo(n, null, 0, false))];
    }

    public void Dispose()
    {
    }
}
