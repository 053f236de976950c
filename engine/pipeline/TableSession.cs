using System.Collections.Immutable;
using K2I.Base;
using K2I.Decode;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// One uninterrupted run of a table's pipeline: from loading the table and joining the group until a stop, or an error after which everything not
/// committed is thrown away and a new session starts from what the table says. Ingest thread, but for what says otherwise.
/// </summary>
/// <remarks>
/// Each step: offer held records again, poll, publish, look at the flush triggers. A record is held (copied) when it cannot become a row at once; while any is
/// held no other is taken, so that rows keep offset order per partition.
/// </remarks>
internal sealed class TableSession : IRecordHandler, IConsumerListener, IDisposable
{
    private const int PollRecords = 10_000, PollMs = 100;
    private const int InferWaitMs = 2_000;
    private const int KafkaCallMs = 10_000;
    private const int ProblemSilenceMs = 30_000;

    private readonly TablePipeline pipeline;
    private readonly TableOptions options;
    private readonly TableStore store;
    private readonly SegmentRing ring;
    private readonly DeadLetterFile deadLetters;
    private readonly RecordSink sink;
    private readonly TableFlusher flusher;
    private readonly KafkaConsumer consumer;
    private readonly Queue<HeldRecord> held = new();
    private readonly HeaderCopy headers = new();
    private readonly Dictionary<(KafkaProblemKind Kind, string? Topic, int Partition), long> problemsTold = [];
    private readonly ILog log;
    private readonly IClock clock;
    private ImmutableArray<Source> sources = [];
    private Source?[] sourceByPartition = [];
    private int cachedTopic = -1;
    private long inferSinceMs;
    private long nextUpkeepMs;
    private EngineException? problem;

    internal TableSession(TablePipeline pipeline, TableStore store)
    {
        this.pipeline = pipeline;
        this.store = store;
        options = pipeline.Options;
        (log, clock) = (pipeline.Log, pipeline.Clock);
        ring = new(pipeline.Memory.RingBytes);
        deadLetters = new(pipeline.DataDirectory, options.Name, clock);
        sink = new(ring, deadLetters, pipeline.Counters, clock);
        flusher = new(pipeline, store, ring, sink);
        try
        {
            if (store.IsOpen) UseSchema();
            consumer = new(pipeline.ConsumerOptions, this, log, clock);
        }
        catch
        {
            ring.Dispose();
            deadLetters.Dispose();
            throw;
        }
        flusher.Acknowledge = ranges => consumer.Ack(ranges);
    }

    internal ImmutableArray<Source> Sources => sources;

    internal TableFlusher Flusher => flusher;

    internal KafkaConnection Connection => consumer.Connection;

    internal long RingBytesInUse => ring.InUse * ring.SegmentBytes;

    internal long RingBudgetBytes => ring.BudgetBytes;

    internal bool Backpressure { get; private set; }

    /// <summary>When the oldest row that no snapshot has yet was fetched; 0 for none. Any thread.</summary>
    internal long OldestPendingUnixMs => flusher.OldestUnixMs != 0 ? flusher.OldestUnixMs : sink.PendingSinceUnixMs;

    private bool Inferring => !store.IsOpen;

    /// <summary>Steps until asked to stop; then flushes, commits and acks, within the shutdown time. Throws what ends the session otherwise.</summary>
    internal void Run()
    {
        while (!pipeline.StopRequested)
        {
            Step();
            if (flusher.Failure is { } failure) throw failure;
            if (problem is { } raised) throw raised;
        }
        Finish();
    }

    private void Step()
    {
        if (Inferring) TryInfer();
        else DrainHeld();

        Backpressure = !Inferring && (held.Count > 0 || !sink.HasRoom());
        if (Backpressure)
        {
            RequestFlush();
            consumer.PollEvents(PollMs / 4);
        }
        else
        {
            consumer.Poll(PollMs, PollRecords, this);
            sink.Publish();
        }
        FlushIfDue();
        Upkeep();
    }

    public void OnRecord(in KafkaRecord record)
    {
        var source = SourceOf(record.TopicId, record.Partition);
        if (source is not { Assigned: true } || record.Offset < source.NextOffset) return;
        source.NextOffset = record.Offset + 1;
        if (held.Count > 0 || Inferring)
        {
            held.Enqueue(new(in record, source));
            if (!Inferring || held.Count >= options.InferRecords) consumer.EndPoll();
            return;
        }
        headers.Load(record.Headers);
        var input = new RecordInput(record.Value, record.IsTombstone)
        {
            Key = record.Key,
            KeyIsNull = !record.HasKey,
            Topic = source.TopicUtf8,
            Partition = record.Partition,
            Offset = record.Offset,
            TimestampMs = record.TimestampMs,
            TimestampKind = (TimestampKind)record.TimestampType,
            Headers = headers.Count > 0 ? headers : null,
        };
        if (sink.Take(in input, source) == TakeResult.Taken)
        {
            if (ring.Current is null && !sink.HasRoom()) consumer.EndPoll();
            return;
        }
        held.Enqueue(new(in record, source));
        consumer.EndPoll();
    }

    public void OnAssigned(Span<PartitionStart> partitions)
    {
        if (!Inferring) store.Reload();
        foreach (ref var partition in partitions) RefuseIfPending(partition.Topic, partition.Partition);
        var started = new TopicPartition[partitions.Length];
        for (var i = 0; i < partitions.Length; i++) started[i] = new(partitions[i].Topic, partitions[i].Partition);
        var ids = TopicIds([.. started.Select(p => p.Topic).Distinct()]);
        for (var i = 0; i < partitions.Length; i++)
        {
            ref var partition = ref partitions[i];
            var topicId = ids.GetValueOrDefault(partition.Topic);
            CheckTopicId(partition.Topic, topicId);
            partition.StartOffset = StartOf(started[i]);
            var source = Register(started[i]);
            source.TopicId = topicId;
            source.CommittedOffset = (store.IsOpen ? store.Offsets.Next(partition.Topic, partition.Partition) : null) ?? Source.Unknown;
            source.StartAt(partition.StartOffset);
            log.Info("partition assigned", ("table", options.Name), ("topic", partition.Topic), ("partition", partition.Partition),
                ("start", KafkaOffset.Format(partition.StartOffset)));
        }
        cachedTopic = -1;
        pipeline.SetState(TableState.Running);
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (Find(partition) is { } source) source.Assigned = false;
            log.Info("partition revoked", ("table", options.Name), ("topic", partition.Topic), ("partition", partition.Partition));
        }
        DropHeldOf(partitions);
        // What does not make it in time is refetched by the next owner; the fence lets only one of the two commit it.
        if (!Inferring && !pipeline.StopRequested) FlushAndWait(pipeline.RevokeTimeoutMs);
    }

    public void OnLost(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            if (Find(partition) is { } source) source.Assigned = false;
        if (!pipeline.StopRequested) problem = new(ErrorKind.Unavailable, $"table {options.Name}: its partitions were given to another member; starting again from what the table holds");
    }

    public void OnProblem(in KafkaProblem kafkaProblem)
    {
        if (IsNews(in kafkaProblem))
        {
            log.Warn("kafka reports a problem", ("table", options.Name), ("kind", kafkaProblem.Kind), ("topic", kafkaProblem.Topic), ("partition", kafkaProblem.Partition),
                ("offset", kafkaProblem.Offset < 0 ? null : kafkaProblem.Offset), ("text", kafkaProblem.Text));
        }
        pipeline.LastError = kafkaProblem.Text;
        var where = kafkaProblem.Topic is null ? "" : $" of {kafkaProblem.Topic}[{kafkaProblem.Partition}]";
        problem ??= kafkaProblem.Kind switch
        {
            KafkaProblemKind.OffsetOutOfRange => new(ErrorKind.Fatal,
                $"offset out of range: the next offset{where} is not held by Kafka any more (retention, or a topic created anew); rows in between would be missing"),
            KafkaProblemKind.Corrupt => new(ErrorKind.Corrupt, $"a batch{where} is damaged: {kafkaProblem.Text}"),
            KafkaProblemKind.Denied => new(ErrorKind.Denied, $"Kafka denies access{where}: {kafkaProblem.Text}"),
            KafkaProblemKind.Fatal => new(ErrorKind.Unavailable, $"the Kafka client gave up: {kafkaProblem.Text}"),
            _ => null,
        };
    }

    /// <summary>An outage is told of several times a second; people want it once, and again now and then.</summary>
    private bool IsNews(in KafkaProblem kafkaProblem)
    {
        var now = clock.MonotonicMs;
        var key = (kafkaProblem.Kind, kafkaProblem.Topic, kafkaProblem.Partition);
        if (problemsTold.TryGetValue(key, out var until) && now < until) return false;
        problemsTold[key] = now + ProblemSilenceMs;
        return true;
    }

    /// <summary>Ends the flush side, leaves the group and frees the ring. What was not committed is forgotten here and still in Kafka.</summary>
    public void Dispose()
    {
        flusher.End();
        consumer.Dispose();
        deadLetters.Dispose();
        ring.Dispose();
    }

    private void Finish()
    {
        pipeline.SetState(TableState.Stopping, "flushing and committing");
        if (!Inferring)
        {
            DrainHeld();
            if (!FlushAndWait(pipeline.ShutdownTimeoutMs))
            {
                log.Warn("left before everything was committed; the rest is read again at the next start", ("table", options.Name),
                    ("rows", pipeline.Counters.Rows - pipeline.Counters.RowsCommitted), ("waited_ms", pipeline.ShutdownTimeoutMs), ("reason", flusher.Trouble ?? "time is up"));
            }
        }
        consumer.TryAck(store.IsOpen ? CommittedOffsets() : [], 2_000);
    }

    private TopicPartitionOffset[] CommittedOffsets() =>
        [.. sources.Where(s => store.Offsets.Next(s.Topic, s.Partition) is not null).Select(s => new TopicPartitionOffset(s.Topic, s.Partition, store.Offsets.Next(s.Topic, s.Partition)!.Value))];

    private void DrainHeld()
    {
        while (held.TryPeek(out var record))
        {
            if (record.Source.Assigned)
            {
                var input = new RecordInput(record.Value, record.IsTombstone)
                {
                    Key = record.Key,
                    KeyIsNull = !record.HasKey,
                    Topic = record.Source.TopicUtf8,
                    Partition = record.Source.Partition,
                    Offset = record.Offset,
                    TimestampMs = record.TimestampMs,
                    TimestampKind = (TimestampKind)record.TimestampType,
                    Headers = record.Headers.Count > 0 ? record.Headers : null,
                };
                var result = sink.Take(in input, record.Source);
                if (result == TakeResult.NewField)
                {
                    if (Evolve(in input, record.Source)) continue;
                    return;
                }
                if (result == TakeResult.NoRoom) return;
            }
            held.Dequeue();
        }
    }

    /// <summary>
    /// Adds the record's new fields to the table and decodes into its new schema. A record whose fields cannot be added is a dead letter. False while the
    /// ring has no room.
    /// </summary>
    private bool Evolve(in RecordInput record, Source source)
    {
        var fields = sink.NewFields(in record);
        try
        {
            store.AddFields(fields);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Invalid)
        {
            if (sink.Refuse(in record, source, "NewField", e.Message) == TakeResult.NoRoom) return false;
            held.Dequeue();
            return true;
        }
        foreach (var field in fields)
            log.Info("column added", ("table", options.Name), ("column", field.ParentPath.Length == 0 ? field.Field.Name : $"{field.ParentPath}.{field.Field.Name}"), ("type", field.Field.Type));
        return UseSchema();
    }

    private bool UseSchema()
    {
        var (decoder, kafkaColumn) = TableDecoding.For(options, store.Schema);
        return sink.Use(decoder, kafkaColumn);
    }

    /// <summary>Once enough records are held, or no more arrive: infers columns from them and creates the table.</summary>
    private void TryInfer()
    {
        if (held.Count == 0)
        {
            inferSinceMs = 0;
            pipeline.SetState(TableState.Starting, "waiting for the first records, to infer the columns from them");
            return;
        }
        if (inferSinceMs == 0) inferSinceMs = clock.MonotonicMs;
        if (held.Count < options.InferRecords && clock.MonotonicMs - inferSinceMs < InferWaitMs) return;
        store.Create(TableDecoding.Infer(options, held, log));
        UseSchema();
        pipeline.SetState(TableState.Running);
    }

    private void FlushIfDue()
    {
        if (!sink.HasPending) return;
        var flush = options.Flush;
        var age = clock.UnixMs - sink.PendingSinceUnixMs;
        var memory = ring.InUse * 2 > ring.Segments.Count;
        if (sink.PendingBytes < flush.Bytes && sink.PendingRows < flush.Rows && age < flush.AgeMs && !(memory && flusher.Signal.WaitIdle(0))) return;
        RequestFlush();
    }

    private void RequestFlush()
    {
        if (sink.HasPending || ring.Waiting > 0)
        {
            sink.SealForFlush();
            if (ring.Waiting > 0 && (flusher.Signal.WaitIdle(0) || !Backpressure)) flusher.Signal.Request();
        }
    }

    private bool FlushAndWait(long timeoutMs)
    {
        sink.SealForFlush();
        if (ring.Waiting > 0) flusher.Signal.Request();
        var deadline = clock.MonotonicMs + timeoutMs;
        while (!flusher.Signal.WaitIdle(20))
            if (flusher.Failure is not null || clock.MonotonicMs >= deadline) return false;
        return true;
    }

    /// <summary>Once a second: what status pages show of lag.</summary>
    private void Upkeep()
    {
        var now = clock.MonotonicMs;
        if (now < nextUpkeepMs) return;
        nextUpkeepMs = now + 1_000;
        foreach (var source in sources)
            if (source.Assigned && consumer.TryGetWatermarks(new(source.Topic, source.Partition), out var marks)) source.HighWatermark = marks.HighOffset;
    }

    private long StartOf(TopicPartition partition)
    {
        if (store.IsOpen && store.Offsets.Next(partition.Topic, partition.Partition) is { } next) return next;
        switch (options.Start)
        {
            case StartPosition.LatestStart:
                return consumer.QueryWatermarks(partition, KafkaCallMs).HighOffset;
            case StartPosition.AtTimestamp at:
                var found = consumer.OffsetsForTime([partition], at.UnixMs, KafkaCallMs)[0].Offset;
                return found >= 0 ? found : consumer.QueryWatermarks(partition, KafkaCallMs).HighOffset;
            case StartPosition.AtOffsets at:
                foreach (var (topic, number, offset) in at.Offsets)
                    if ((topic is null || topic == partition.Topic) && number == partition.Partition) return offset;
                return KafkaOffset.Beginning;
            default:
                return KafkaOffset.Beginning;
        }
    }

    private Dictionary<string, string?> TopicIds(IReadOnlyList<string> topics)
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

    private void CheckTopicId(string topic, string? id)
    {
        if (!store.IsOpen || id is null || store.Offsets.TopicId(topic) is not { } known || known == id) return;
        throw new EngineException(ErrorKind.Fatal, $"topic recreated: {topic} was deleted and created again (id {known} became {id}); its offsets mean other records than those in the table");
    }

    /// <summary>Rows of an earlier assignment that still wait for their commit would be read, and committed, a second time: start again instead.</summary>
    private void RefuseIfPending(string topic, int partition)
    {
        if (!store.IsOpen || Find(new(topic, partition)) is not { } known) return;
        if (known.TakenOffset <= Math.Max(known.StartOffset, store.Offsets.Next(topic, partition) ?? Source.Unknown)) return;
        throw new EngineException(ErrorKind.Unavailable, $"{topic}[{partition}] came back before its rows were committed; starting again from what the table holds");
    }

    private Source Register(TopicPartition partition)
    {
        if (Find(partition) is { } known) return known;
        var source = new Source(sources.Length, partition.Topic, partition.Partition);
        sources = sources.Add(source);
        return source;
    }

    private Source? Find(TopicPartition partition)
    {
        foreach (var source in sources)
            if (source.Partition == partition.Partition && source.Topic == partition.Topic) return source;
        return null;
    }

    private void DropHeldOf(ReadOnlySpan<TopicPartition> partitions)
    {
        var kept = held.Where(h => h.Source.Assigned).ToArray();
        if (kept.Length == held.Count || partitions.IsEmpty) return;
        held.Clear();
        foreach (var record in kept) held.Enqueue(record);
    }

    /// <summary>The source of a record; an array by partition of the topic last seen, as records come in runs.</summary>
    private Source? SourceOf(int topicId, int partition) =>
        topicId == cachedTopic && partition < sourceByPartition.Length ? sourceByPartition[partition] : LookUp(topicId, partition);

    /// <summary>Apart from the fast path: its closure would be allocated there for every record.</summary>
    private Source? LookUp(int topicId, int partition)
    {
        var topic = consumer.TopicName(topicId);
        cachedTopic = topicId;
        sourceByPartition = new Source?[1 + sources.Where(s => s.Topic == topic).Select(s => s.Partition).DefaultIfEmpty(0).Max()];
        foreach (var source in sources)
            if (source.Topic == topic) sourceByPartition[source.Partition] = source;
        return partition < sourceByPartition.Length ? sourceByPartition[partition] : null;
    }
}
