using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// Where partitions start: rule 4 of exactly once. The end of the logged run if it contains the table's next offset, else the table's next offset, else what the
/// options say. Ingest thread, while partitions are being assigned.
/// </summary>
internal sealed class PartitionStarts(IConsumer consumer, TableStore store, TableJournal journal, TableOptions options, ILog log)
{
    private const int KafkaCallMs = 10_000;

    /// <summary>With <c>start = latest</c>: where partitions begin that were there when the table was first read. Later ones begin at their beginning.</summary>
    private OffsetMap decided = journal.Contents.Starts;

    /// <summary>The logged run of a partition, where it continues what the table holds.</summary>
    internal LoggedRun? RunOf(Source source)
    {
        if (!store.IsOpen || !journal.KeepsRecords || !journal.Contents.IsOf(store.Uuid)) return null;
        if (!journal.Contents.Runs.TryGetValue((source.Topic, source.Partition), out var run)) return null;
        if (run.Continues(source.CommittedOffset == Offset.None ? null : source.CommittedOffset, source.TopicId)) return run;
        log.Info("the log does not continue the table; fetching from what the table holds", ("table", options.Name), ("topic", source.Topic), ("partition", source.Partition),
            ("table_next", source.CommittedOffset.IsNumber ? source.CommittedOffset.Value : null),
            ("log_from", run.From.Value), ("log_next", run.Next.Value));
        return null;
    }

    /// <summary>Partitions whose beginning is decided and not in the table yet.</summary>
    internal IEnumerable<(TopicPartition Partition, string? TopicId, Offset Start)> Decided =>
        from topic in decided.Topics
        from partition in topic.Value.Partitions
        where !store.IsOpen || store.Offsets.Next(topic.Key, partition.Key) is null
        select (new TopicPartition(topic.Key, partition.Key), topic.Value.TopicId, partition.Value);

    /// <summary>
    /// "The latest" is decided once, at the first start of the table: for every partition that the topics have then, so that what comes to another one, or to one that nobody
    /// reads for a while, is not passed over later.
    /// </summary>
    internal void Decide(IReadOnlyList<TopicPartition> assigned, IReadOnlyDictionary<string, string?> topicIds)
    {
        if (options.Start is not StartPosition.LatestStart || !decided.IsEmpty || (store.IsOpen && !store.Offsets.IsEmpty) || journal.Contents.Runs.Count > 0) return;
        foreach (var partition in assigned.Concat(OthersOf(assigned)).Distinct())
            decided = decided.With(partition.Topic, topicIds.GetValueOrDefault(partition.Topic), partition.Partition, consumer.QueryWatermarks(partition, KafkaCallMs).HighOffset);
        journal.Write(new LogEntry.StartsDecided(decided));
    }

    /// <summary>All partitions of the topics, where the broker tells.</summary>
    private IEnumerable<TopicPartition> OthersOf(IReadOnlyList<TopicPartition> assigned)
    {
        try
        {
            return [.. consumer.DescribeTopics([.. assigned.Select(a => a.Topic).Distinct()], KafkaCallMs).SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => new TopicPartition(t.Name, p)))];
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Unsupported or ErrorKind.Denied)
        {
            return [];
        }
    }

    /// <summary>Where the table or, where it has nothing of the partition, the options say.</summary>
    internal Offset StartOf(TopicPartition partition, string? topicId)
    {
        if (store.IsOpen && store.Offsets.Next(partition.Topic, partition.Partition) is { } next) return next;
        switch (options.Start)
        {
            case StartPosition.LatestStart:
                return decided.TopicId(partition.Topic) == topicId && decided.Next(partition.Topic, partition.Partition) is { } start ? start : Offset.Beginning;
            case StartPosition.AtTimestamp at:
                var found = consumer.OffsetsForTime([partition], at.UnixMs, KafkaCallMs)[0].Offset;
                return found.IsNumber ? found : consumer.QueryWatermarks(partition, KafkaCallMs).HighOffset;
            case StartPosition.AtOffsets at:
                foreach (var (topic, number, offset) in at.Offsets)
                    if ((topic is null || topic == partition.Topic) && number == partition.Partition) return offset;
                return Offset.Beginning;
            default:
                return Offset.Beginning;
        }
    }

    /// <summary>For a start that Kafka does not hold, once a person has accepted that: the nearest offset it does hold.</summary>
    internal Offset NearestHeld(TopicPartition partition, Offset start)
    {
        if (!start.IsNumber) return start;
        var held = consumer.QueryWatermarks(partition, KafkaCallMs);
        var nearest = Offset.Max(held.LowOffset, Offset.Min(start, held.HighOffset));
        if (nearest != start) log.Warn("offsets are passed over", ("table", options.Name), ("topic", partition.Topic), ("partition", partition.Partition), ("from", start.Value), ("to", nearest.Value));
        return nearest;
    }

    internal IReadOnlyList<TopicInfo> Describe(IReadOnlyList<string> topics) => consumer.DescribeTopics(topics, KafkaCallMs);

    internal Dictionary<string, string?> TopicIds(IReadOnlyList<string> topics)
    {
        var ids = new Dictionary<string, string?>(StringComparer.Ordinal);
        try
        {
            foreach (var topic in consumer.DescribeTopics(topics, KafkaCallMs)) ids[topic.Name] = topic.TopicId;
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Unsupported or ErrorKind.Denied)
        {
            log.Debug("the broker tells no topic ids; a recreated topic shows by its offsets only", ("table", options.Name), ("error", e.Message));
        }
        return ids;
    }

    /// <summary>Throws the named stop where the topic is another than the one in the table, unless that was accepted.</summary>
    internal void CheckTopicId(string topic, string? id)
    {
        if (!store.IsOpen || id is null || store.Offsets.TopicId(topic) is not { } known || known == id) return;
        if (!store.Accepts(PauseReason.TopicRecreated)) throw store.Recreated(topic, known, id);
        log.Warn("the offsets of a topic's former life are forgotten", ("table", options.Name), ("topic", topic), ("former_id", known), ("id", id));
        store.Forget(topic, known);
    }

    /// <summary>
    /// Throws the named stop if a topic is another by now than the one these records were read from. Ids never come back, so what was fetched before this call, under an
    /// id that still holds, is of that topic. Any thread; throws what passes while Kafka is away.
    /// </summary>
    internal void CheckLives(IEnumerable<Source> sources)
    {
        var read = sources.Where(s => s.TopicId is not null).ToList();
        if (read.Count == 0) return;
        var ids = TopicIds([.. read.Select(s => s.Topic).Distinct()]);
        foreach (var source in read)
            if (ids.GetValueOrDefault(source.Topic) is { } id && id != source.TopicId) throw store.Recreated(source.Topic, source.TopicId!, id);
    }

    /// <summary>An offset that Kafka does not hold may be one of a topic's former life: then that is the reason.</summary>
    internal EngineException Explain(EngineException stop, IEnumerable<Source> sources)
    {
        if (NamedStop.ReasonOf(stop) != PauseReason.OffsetOutOfRange) return stop;
        try
        {
            CheckLives(sources);
            return stop;
        }
        catch (EngineException other)
        {
            return NamedStop.ReasonOf(other) == PauseReason.TopicRecreated ? other : stop;
        }
    }
}
