using System.Collections.Immutable;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>The partitions that a table is fed from in this session, assigned now or before. Ingest thread; <see cref="Sources"/> may be read by any.</summary>
internal sealed class Assignment(Func<int, string> topicName)
{
    private ImmutableArray<Source> sources = [];
    private Source?[] byPartition = [];
    private int cachedTopic = -1;

    internal ImmutableArray<Source> Sources => sources;

    internal IEnumerable<Source> Assigned => sources.Where(s => s.Assigned);

    internal TopicPartition[] AssignedPartitions => [.. Assigned.Select(s => new TopicPartition(s.Topic, s.Partition))];

    /// <summary>The partition's source, made if it is new.</summary>
    internal Source Register(TopicPartition partition)
    {
        if (Find(partition) is { } known) return known;
        var source = new Source(sources.Length, partition.Topic, partition.Partition);
        sources = sources.Add(source);
        cachedTopic = -1;
        return source;
    }

    internal Source? Find(TopicPartition partition)
    {
        foreach (var source in sources)
            if (source.Partition == partition.Partition && source.Topic == partition.Topic) return source;
        return null;
    }

    /// <summary>The source of a record; an array by partition of the topic last seen, as records come in runs.</summary>
    internal Source? Of(int topicId, int partition) =>
        topicId == cachedTopic && partition < byPartition.Length ? byPartition[partition] : LookUp(topicId, partition);

    /// <summary>Apart from the fast path: its closure would be allocated there for every record.</summary>
    private Source? LookUp(int topicId, int partition)
    {
        var topic = topicName(topicId);
        cachedTopic = topicId;
        byPartition = new Source?[1 + sources.Where(s => s.Topic == topic).Select(s => s.Partition).DefaultIfEmpty(0).Max()];
        foreach (var source in sources)
            if (source.Topic == topic) byPartition[source.Partition] = source;
        return partition < byPartition.Length ? byPartition[partition] : null;
    }
}
