using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// Where partitions start: rule 4 of exactly once. The end of the logged run if it contains the table's next offset, else the table's next
/// offset, else what the options say. Whoever works for the table.
/// </summary>
internal sealed class StartDecider(TableRun run, FoundLogs found, KafkaQueries queries, ILog log)
{
    private readonly TableOptions options = run.Table.Options;
    private readonly TableStore store = run.Store;
    private OffsetMap home = OffsetMap.Empty;
    private bool beginsAreTold;

    private string? Uuid => store.IsOpen ? store.Uuid : null;

    /// <summary>Decides and writes the answer. Throws what passes, or the stop.</summary>
    internal void Answer(StartsQuestion question)
    {
        KillPoint.Hit("starts.asked");
        // Asked before the table itself is looked at: what it has nothing of then, no record below has gone to it.
        if (options.Home.Length > 0) home = store.OffsetsOfHome();
        if (store.IsOpen) store.Reload();
        var assigned = question.Sources.Select(s => new TopicPartition(s.Topic, s.Partition)).ToArray();
        foreach (var partition in assigned) RefuseIfPending(partition);
        var ids = TopicIds([.. assigned.Select(p => p.Topic).Distinct()]);
        DecideLatest(question.Part, assigned, ids);
        var decisions = new List<StartDecision>();
        try
        {
            foreach (var partition in assigned) decisions.Add(DecisionFor(partition, ids.GetValueOrDefault(partition.Topic)));
        }
        catch
        {
            foreach (var decision in decisions) decision.Found?.Pin.Release();
            throw;
        }
        question.Decisions = decisions;
        if (beginsAreTold) return;
        beginsAreTold = true;
        question.Begins = [.. Decided];
    }

    /// <summary>
    /// Throws the named stop if a topic is another by now than the one these records were read from. Ids never come back, so what was
    /// fetched before this call, under an id that still holds, is of that topic. Throws what passes while Kafka is away.
    /// </summary>
    internal void CheckLives(IEnumerable<Source> sources)
    {
        var read = sources.Where(s => s.TopicId is not null).ToList();
        if (read.Count == 0) return;
        var ids = TopicIds([.. read.Select(s => s.Topic).Distinct()]);
        foreach (var source in read)
            if (ids.GetValueOrDefault(source.Topic) is { } id && id != source.TopicId)
                throw store.Recreated(source.Topic, source.TopicId!, id);
    }

    /// <summary>An offset that Kafka does not hold may be one of a topic's former life: then that is the reason.</summary>
    internal EngineException Explain(EngineException stop, IEnumerable<Source> sources)
    {
        if (PauseReasons.Of(stop) != PauseReason.OffsetOutOfRange) return stop;
        try
        {
            CheckLives(sources);
            return stop;
        }
        catch (EngineException other)
        {
            return PauseReasons.Of(other) == PauseReason.TopicRecreated ? other : stop;
        }
    }

    private StartDecision DecisionFor(TopicPartition partition, string? topicId)
    {
        CheckTopicId(partition.Topic, topicId);
        run.Table.Topics.Has(partition.Topic);
        var committed = store.IsOpen ? store.Offsets.Next(partition.Topic, partition.Partition) : null;
        var logged = store.IsOpen
            ? found.Take(run.Table.Stream, store.Uuid, partition.Topic, partition.Partition, r =>
            Continues(r, partition, committed, topicId), run) : null;
        try
        {
            var start = logged?.Run.Next ?? StartOf(partition, committed, topicId);
            if (store.IsOpen && store.Accepts(PauseReason.OffsetOutOfRange)) start = NearestHeld(partition, start);
            return new(topicId, committed ?? Offset.None, start, logged);
        }
        catch
        {
            logged?.Pin.Release();
            throw;
        }
    }

    private bool Continues(LoggedRun logged, TopicPartition partition, Offset? committed, string? topicId)
    {
        if (logged.Continues(committed, topicId)) return true;
        log.Info("the log does not continue the table; fetching from what the table holds", ("table", options.Name),
            ("topic", partition.Topic), ("partition", partition.Partition),
            ("table_next", committed?.Value), ("log_from", logged.From.Value), ("log_next", logged.Next.Value));
        return false;
    }

    /// <summary>Partitions whose beginning is decided and not in the table yet.</summary>
    private IEnumerable<(TopicPartition Partition, string? TopicId, Offset Start)> Decided =>
        from topic in run.Starts.Topics
        from partition in topic.Value.Partitions
        where !store.IsOpen || store.Offsets.Next(topic.Key, partition.Key) is null
        select (new TopicPartition(topic.Key, partition.Key), topic.Value.TopicId, partition.Value);

    /// <summary>
    /// "The latest" is decided once, at the first start of the table: for every partition that the topics have then, so that what comes to
    /// another one, or to one that nobody reads for a while, is not passed over later.
    /// </summary>
    private void DecideLatest(RunPart part, IReadOnlyList<TopicPartition> assigned, IReadOnlyDictionary<string, string?> topicIds)
    {
        // What a former life of the process decided has to outlive this one too, until it is in the table.
        if (!run.Table.KeepsStarts && Decided.Any()) Keep(part, run.Starts);
        if (options.Start is not StartPosition.LatestStart || !run.Starts.IsEmpty || (store.IsOpen && !store.Offsets.IsEmpty)
            || found.HasRuns(run.Table.Stream, Uuid)) return;
        var decided = OffsetMap.Empty;
        foreach (var partition in assigned.Concat(OthersOf(assigned)).Distinct())
            decided =
                decided.With(partition.Topic, topicIds.GetValueOrDefault(partition.Topic), partition.Partition,
                queries.QueryWatermarks(partition).HighOffset);
        Keep(part, decided);
        run.Starts = decided;
    }

    private void Keep(RunPart part, OffsetMap decided)
    {
        if (!run.Table.KeepStarts(part.Lane.Log, decided))
            log.Warn("an entry does not fit the log", ("table", options.Name), ("type", LogEntryKind.StartsDecided),
                ("reason", part.Lane.Log.Trouble));
    }

    /// <summary>All partitions of the topics, where the broker tells.</summary>
    private IEnumerable<TopicPartition> OthersOf(IReadOnlyList<TopicPartition> assigned)
    {
        try
        {
            return [.. queries.DescribeTopics([.. assigned.Select(a => a.Topic).Distinct()]).SelectMany(t =>
                Enumerable.Range(0, t.Partitions).Select(p => new TopicPartition(t.Name, p)))];
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Unsupported or ErrorKind.Denied)
        {
            return [];
        }
    }

    /// <summary>Where the table or, where it has nothing of the partition, the options say.</summary>
    private Offset StartOf(TopicPartition partition, Offset? committed, string? topicId)
    {
        if (committed is { } next) return next;
        if (options.Home.Length > 0) return StartOfHome(partition, topicId);
        switch (options.Start)
        {
            case StartPosition.LatestStart:
                return run.Starts.TopicId(partition.Topic) == topicId
                    && run.Starts.Next(partition.Topic, partition.Partition) is { } start ? start : Offset.Beginning;
            case StartPosition.AtTimestamp at:
                var found = queries.OffsetForTime(partition, at.UnixMs);
                return found.IsNumber ? found : queries.QueryWatermarks(partition).HighOffset;
            case StartPosition.AtOffsets at:
                foreach (var (topic, number, offset) in at.Offsets)
                    if ((topic is null || topic == partition.Topic) && number == partition.Partition) return offset;
                return Offset.Beginning;
            default:
                return Offset.Beginning;
        }
    }

    /// <summary>
    /// A table that has nothing of a partition begins where its home is: the home is not past the first record of a value before the
    /// value's table has something of the partition. One that had, and was turned back behind that by another engine, is at offset 0 of it.
    /// </summary>
    private Offset StartOfHome(TopicPartition partition, string? topicId)
    {
        var isSame = topicId is null || home.TopicId(partition.Topic) is not { } known || known == topicId;
        if (isSame && home.Next(partition.Topic, partition.Partition) is { } next) return next;
        throw new EngineException(ErrorKind.Unavailable,
            $"table {options.Name}: its home {options.Home} has nothing of {partition.Topic}[{partition.Partition}] yet");
    }

    /// <summary>For a start that Kafka does not hold, once a person has accepted that: the nearest offset it does hold.</summary>
    private Offset NearestHeld(TopicPartition partition, Offset start)
    {
        if (!start.IsNumber) return start;
        var held = queries.QueryWatermarks(partition);
        var nearest = Offset.Min(Offset.Max(start, held.LowOffset), held.HighOffset);
        if (nearest != start)
            log.Warn("offsets are passed over", ("table", options.Name), ("topic", partition.Topic), ("partition", partition.Partition),
                ("from", start.Value), ("to", nearest.Value));
        return nearest;
    }

    private Dictionary<string, string?> TopicIds(IReadOnlyList<string> topics)
    {
        var ids = new Dictionary<string, string?>(StringComparer.Ordinal);
        try
        {
            foreach (var topic in queries.DescribeTopics(topics)) ids[topic.Name] = topic.TopicId;
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Unsupported or ErrorKind.Denied)
        {
            log.Debug("the broker tells no topic ids; a recreated topic shows by its offsets only", ("table", options.Name),
                ("error", e.Message));
        }
        return ids;
    }

    /// <summary>Throws the named stop where the topic is another than the one in the table, unless that was accepted.</summary>
    private void CheckTopicId(string topic, string? id)
    {
        if (!store.IsOpen || id is null || store.Offsets.TopicId(topic) is not { } known || known == id) return;
        if (!store.Accepts(PauseReason.TopicRecreated)) throw store.Recreated(topic, known, id);
        log.Warn("the offsets of a topic's former life are forgotten", ("table", options.Name), ("topic", topic), ("former_id", known),
            ("id", id));
        store.Forget(topic, known);
    }

    /// <summary>
    /// Rows of an earlier assignment that still wait for their commit would be read, and committed, a second time: start again instead.
    /// </summary>
    private void RefuseIfPending(TopicPartition partition)
    {
        var taken = run.TakenOf(partition);
        var standing = (store.IsOpen ? store.Offsets.Next(partition.Topic, partition.Partition) : null)
            ?? run.Starts.Next(partition.Topic, partition.Partition) ?? Offset.None;
        if (taken <= standing) return;
        throw new EngineException(ErrorKind.Unavailable,
            $"{partition.Topic}[{partition.Partition}] came back before its rows were committed; starting again from what the table holds");
    }
}
