using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// One uninterrupted run of a table's pipeline: from joining the group until a stop, or an error after which everything in memory is thrown away and a new
/// session starts from what the table says and the log holds. Ingest thread, but for what says otherwise.
/// </summary>
/// <remarks>
/// Each step: offer held records again, poll, publish, look at the flush triggers. A record is held (copied) when it cannot become a row at once; while any is
/// held no other is taken, so that rows keep offset order per partition.
/// </remarks>
internal sealed class TableSession : IRecordHandler, IConsumerListener, IDisposable
{
    private const int PollRecords = 10_000, PollMs = 100;

    /// <summary>A member that has no partition by then is one too many, which is as good as running.</summary>
    private const int JoinWaitMs = 15_000;

    /// <summary>Backpressure that lasts so long pauses the partitions: what is fetched and waits is given up, and fetched again afterwards.</summary>
    private const int PauseAfterMs = 10_000;

    private readonly TablePipeline pipeline;
    private readonly TableOptions options;
    private readonly TableStore store;
    private readonly SegmentRing ring;
    private readonly TableJournal journal;
    private readonly DeadLetters deadLetters;
    private readonly RecordSink sink;
    private readonly TableFlusher flusher;
    private readonly IConsumer consumer;
    private readonly AckTracker acks;
    private readonly SchemaKeeper schema;
    private readonly Intake intake;
    private readonly Assignment assignment;
    private readonly Backpressure backpressure = new(PauseAfterMs);
    private readonly KafkaProblems problems;
    private readonly PartitionStarts starts;
    private readonly ILog log;
    private readonly IClock clock;
    private long nextUpkeepMs;
    private bool closing;
    private bool joined;
    private readonly long beganMs;
    private LoggedFlush? redo;
    private EngineException? problem;

    internal TableSession(TablePipeline pipeline, TableStore store, TableJournal journal, Func<SegmentRing, DeadLetters> openLetters, LoggedFlush? redo)
    {
        this.pipeline = pipeline;
        this.store = store;
        this.journal = journal;
        this.redo = redo;
        options = pipeline.Options;
        (log, clock) = (pipeline.Log, pipeline.Clock);
        beganMs = clock.MonotonicMs;
        ring = new(pipeline.Memory.RingBytes);
        deadLetters = openLetters(ring);
        sink = new(ring, deadLetters, journal, options.TombstonePolicy, pipeline.Counters, clock);
        flusher = new(pipeline, store, ring, sink, deadLetters, journal);
        schema = new(store, options, sink, journal, log, clock);
        intake = new(sink, schema, options);
        try
        {
            if (store.IsOpen) schema.Begin();
            consumer = pipeline.OpenConsumer(this);
        }
        catch
        {
            ring.Dispose();
            deadLetters.Dispose();
            throw;
        }
        assignment = new(consumer.TopicName);
        problems = new(options.Name, log, clock);
        starts = new(consumer, store, journal, options, log);
        acks = new(journal, ranges => consumer.Ack(ranges));
        flusher.Ack = acks.OnCommitted;
        flusher.CheckLives = starts.CheckLives;
        flusher.LookAtTopics = () => pipeline.Topics.Look(starts.Describe);
        flusher.Sources = () => assignment.Assigned;
    }

    internal ImmutableArray<Source> Sources => assignment.Sources;

    internal TableFlusher Flusher => flusher;

    internal TableJournal Journal => journal;

    internal long DeadLetterBytes => deadLetters.PendingBytes;

    internal KafkaConnection Connection => consumer.Connection;

    internal long RingBytesInUse => ring.InUse * ring.SegmentBytes;

    internal long RingBudgetBytes => ring.BudgetBytes;

    internal bool IsHeldBack => backpressure.IsOn;

    /// <summary>When the oldest row that no snapshot has yet was fetched; 0 for none. Any thread.</summary>
    internal long OldestPendingUnixMs => flusher.OldestUnixMs != 0 ? flusher.OldestUnixMs : sink.Pending.SinceUnixMs;

    /// <summary>Steps until asked to stop; then flushes, commits and acks, within the shutdown time. Throws what ends the session otherwise.</summary>
    internal void Run()
    {
        while (!pipeline.StopRequested)
        {
            Step();
            if (flusher.Failure is { } failure) throw failure;
            if (problem is { } raised) throw starts.Explain(raised, assignment.Assigned);
        }
        Finish();
    }

    private void Step()
    {
        if (!schema.IsReady) TryInfer();
        schema.Follow();
        if (schema.IsReady) intake.Drain();

        var hasRoom = intake.HasRoom;
        StopOrStart(hasRoom);
        if (hasRoom)
        {
            consumer.Poll(PollMs, PollRecords, this);
            KillPoint.Hit("ingest.polled");
            sink.Publish();
            KillPoint.Hit("ingest.published");
        }
        else
        {
            RequestFlush();
            // Nothing in memory needs what fills the log: it is of partitions that others read now.
            if (ring.InUse == 0 && journal.Trouble is not null) journal.Truncate(journal.SafePosition);
            consumer.PollEvents(PollMs / 4);
        }
        FlushIfDue();
        Upkeep();
    }

    public void OnRecord(in KafkaRecord record)
    {
        var source = assignment.Of(record.TopicId, record.Partition);
        if (source is not { Assigned: true } || record.Offset < source.NextOffset) return;
        source.Fetch(record.Offset.Next);
        if (!intake.Offer(in record, source)) consumer.EndPoll();
    }

    public void OnPartitionEnd(int topicId, int partition, Offset nextOffset)
    {
        if (assignment.Of(topicId, partition) is not { Assigned: true } source) return;
        var isNew = nextOffset > source.NextOffset;
        source.Fetch(Offset.Max(nextOffset, source.NextOffset));
        if (isNew && nextOffset.Value > 0) intake.OfferEnd(source, nextOffset);
    }

    public void OnAssigned(ReadOnlySpan<TopicPartition> partitions)
    {
        KillPoint.Hit("group.assigned");
        if (schema.IsReady) store.Reload();
        foreach (var partition in partitions) RefuseIfPending(partition.Topic, partition.Partition);
        var started = partitions.ToArray();
        var ids = starts.TopicIds([.. started.Select(p => p.Topic).Distinct()]);
        starts.Decide(started, ids);
        var logged = new List<(Source, LoggedRun)>();
        for (var i = 0; i < started.Length; i++)
        {
            var partition = started[i];
            var topicId = ids.GetValueOrDefault(partition.Topic);
            starts.CheckTopicId(partition.Topic, topicId);
            pipeline.Topics.Has(partition.Topic);
            var source = assignment.Register(started[i]);
            source.TopicId = topicId;
            source.CommittedOffset = (store.IsOpen ? store.Offsets.Next(partition.Topic, partition.Partition) : null) ?? Offset.None;
            // A range that begins the partition may be on its way already, made when the start was decided.
            var begins = source.CommittedOffset == Offset.None && source.TakenOffset == Offset.None;
            if (starts.RunOf(source) is { } run)
            {
                source.StartAt(Offset.Max(run.From, source.CommittedOffset), begins);
                if (run.Next > source.TakenOffset || begins) logged.Add((source, run));
            }
            else
            {
                source.StartAt(starts.StartOf(started[i], topicId), begins);
            }
        }
        if (logged.Count > 0)
        {
            new RecoveryRun(pipeline, assignment, intake, sink, flusher, journal, WaitForRoom).Run(logged, redo);
            redo = null;
        }
        var from = new TopicPartitionOffset[started.Length];
        for (var i = 0; i < started.Length; i++)
        {
            var source = assignment.Find(started[i])!;
            var start = source.TakenOffset == Offset.None ? starts.StartOf(started[i], source.TopicId) : source.TakenOffset;
            if (store.IsOpen && store.Accepts(PauseReason.OffsetOutOfRange)) start = starts.NearestHeld(started[i], start);
            from[i] = new(source.Topic, source.Partition, start);
            source.PassTo(start);
            log.Info("partition assigned", ("table", options.Name), ("topic", source.Topic), ("partition", source.Partition), ("start", start));
        }
        BeginDecided();
        consumer.Start(from);
        KillPoint.Hit("group.started");
        joined = true;
        pipeline.SetState(TableState.Running);
    }

    /// <summary>Starts that were decided go into the table though no record came: with the next commit.</summary>
    private void BeginDecided()
    {
        foreach (var (partition, topicId, start) in starts.Decided)
        {
            if (assignment.Find(partition) is not { } source)
            {
                source = assignment.Register(partition);
                source.TopicId = topicId;
                source.StartAt(start, begins: true);
                source.Assigned = false;
            }
            if (source.IsAtItsBeginning && source.TakenOffset != Offset.None) intake.OfferEnd(source, source.TakenOffset);
        }
    }

    /// <summary>Waits a little for a flush to make room; group membership is kept by the consumer's own thread. False if the session is to end.</summary>
    private bool WaitForRoom()
    {
        RequestFlush();
        if (flusher.Failure is { } failure) throw failure;
        if (pipeline.StopRequested) return false;
        clock.Sleep(1);
        return true;
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
    {
        KillPoint.Hit("group.revoked");
        foreach (var partition in partitions)
        {
            if (assignment.Find(partition) is { } source) source.Assigned = false;
            log.Info("partition revoked", ("table", options.Name), ("topic", partition.Topic), ("partition", partition.Partition));
        }
        intake.Held.DropUnassigned();
        // What does not make it in time is refetched by the next owner; the fence lets only one of the two commit it.
        if (schema.IsReady && !closing && !pipeline.StopRequested) FlushAndWait(pipeline.RevokeTimeoutMs);
        KillPoint.Hit("group.let-go");
    }

    public void OnLost(ReadOnlySpan<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            if (assignment.Find(partition) is { } source) source.Assigned = false;
        if (!pipeline.StopRequested) problem = new(ErrorKind.Unavailable, $"table {options.Name}: its partitions were given to another member; starting again from what the table holds");
    }

    public void OnProblem(in KafkaProblem kafkaProblem)
    {
        problems.Tell(in kafkaProblem);
        pipeline.Topics.Report(in kafkaProblem);
        pipeline.LastError = kafkaProblem.Text;
        problem ??= KafkaProblems.EndOf(in kafkaProblem);
    }

    /// <summary>Ends the flush side, leaves the group and frees the ring. What was not committed is forgotten here and still in Kafka.</summary>
    public void Dispose()
    {
        closing = true;
        flusher.End();
        consumer.Dispose();
        KillPoint.Hit("stop.left");
        deadLetters.Dispose();
        ring.Dispose();
    }

    private void Finish()
    {
        KillPoint.Hit("stop.asked");
        pipeline.SetState(TableState.Stopping, "flushing and committing");
        if (schema.IsReady)
        {
            DrainAtStop();
            if (!FlushAndWait(pipeline.ShutdownTimeoutMs))
            {
                log.Warn("left before everything was committed; the rest is read again at the next start", ("table", options.Name),
                    ("rows", pipeline.Counters.Rows - pipeline.Counters.RowsCommitted), ("waited_ms", pipeline.ShutdownTimeoutMs), ("reason", flusher.Trouble ?? "time is up"));
            }
        }
        KillPoint.Hit("stop.flushed");
        consumer.TryAck(store.IsOpen ? CommittedOffsets() : [], 2_000);
        KillPoint.Hit("stop.acked");
    }

    /// <summary>
    /// Held records that need a change of the schema find no catalog once the stop has ended its calls: they are read again at the next start, and
    /// keep nothing from its flush.
    /// </summary>
    private void DrainAtStop()
    {
        try
        {
            intake.Drain();
        }
        catch (EngineException error) when (error.Retryable || error.Kind == ErrorKind.Unknown)
        {
            log.Debug("held records are left to the next start", ("table", options.Name), ("records", intake.Held.Count), ("error", error.Message));
        }
    }

    private TopicPartitionOffset[] CommittedOffsets() =>
        [.. assignment.Sources.Where(s => store.Offsets.Next(s.Topic, s.Partition) is not null).Select(s => new TopicPartitionOffset(s.Topic, s.Partition, store.Offsets.Next(s.Topic, s.Partition)!.Value))];

    private void TryInfer()
    {
        if (schema.TryInfer(intake.Held) is not { } wanted) pipeline.SetState(TableState.Running);
        else if (wanted.Length > 0) pipeline.SetState(TableState.Starting, wanted);
    }

    private void FlushIfDue()
    {
        var isHalfFull = ring.InUse * 2 > ring.Segments.Count;
        if (FlushTrigger.Decide(options.Flush, sink.Pending, clock.UnixMs, isHalfFull, isFlushing: !flusher.Signal.WaitIdle(0)) != FlushReason.None) RequestFlush();
    }

    private void RequestFlush()
    {
        if (sink.Pending.IsEmpty && ring.Waiting == 0) return;
        sink.SealForFlush();
        if (ring.Waiting > 0 && (flusher.Signal.WaitIdle(0) || !backpressure.IsOn)) flusher.Signal.Request();
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

    private void StopOrStart(bool hasRoom)
    {
        switch (backpressure.Observe(hasRoom, clock.MonotonicMs))
        {
            case Backpressure.Change.Resume:
                consumer.Start([.. assignment.Assigned.Select(GoesOn)]);
                log.Info("fetching goes on", ("table", options.Name));
                break;
            case Backpressure.Change.Pause:
                consumer.Stop(assignment.AssignedPartitions);
                log.Warn("fetching is paused", ("table", options.Name), ("reason", flusher.Trouble ?? journal.Trouble ?? "rows wait for their flush"));
                break;
        }
    }

    private static TopicPartitionOffset GoesOn(Source source) =>
        new(source.Topic, source.Partition, source.NextOffset.IsNumber ? source.NextOffset : Offset.Beginning);

    /// <summary>Once a second: acks, and what status pages show of lag.</summary>
    private void Upkeep()
    {
        var now = clock.MonotonicMs;
        if (now < nextUpkeepMs) return;
        nextUpkeepMs = now + 1_000;
        acks.Tick(assignment.Sources);
        if (!joined && schema.IsReady && now - beganMs > JoinWaitMs && Connection.State == KafkaConnectionState.Up)
        {
            joined = true;
            pipeline.SetState(TableState.Running, pipeline.Topics.Missing.IsEmpty ? "no partition is assigned here: other members of the group read them all" : "no partition is assigned here");
        }
        foreach (var source in assignment.Assigned)
            if (consumer.TryGetWatermarks(new(source.Topic, source.Partition), out var marks)) source.HighWatermark = marks.HighOffset;
    }

    /// <summary>Rows of an earlier assignment that still wait for their commit would be read, and committed, a second time: start again instead.</summary>
    private void RefuseIfPending(string topic, int partition)
    {
        if (!store.IsOpen || assignment.Find(new(topic, partition)) is not { } known) return;
        if (known.TakenOffset <= Offset.Max(known.StartOffset, store.Offsets.Next(topic, partition) ?? Offset.None)) return;
        throw new EngineException(ErrorKind.Unavailable, $"{topic}[{partition}] came back before its rows were committed; starting again from what the table holds");
    }
}
