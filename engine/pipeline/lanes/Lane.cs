using System.Collections.Concurrent;
using K2I.Base;
using K2I.Kafka;
using Microsoft.Extensions.ObjectPool;

namespace K2I.Pipeline;

/// <summary>
/// One Kafka consumer, its log, and the thread that serves both: it feeds any number of tables, and lives as long as the process. All lanes of all processes are members of one group.
/// </summary>
/// <remarks>
/// Lane's thread, but for <see cref="Tell"/> and what says otherwise. Each step: act on what other threads told, try again what could not be done, poll, publish, look at the flush triggers.
/// It waits for no catalog and, but for a revoke, for no flush: what takes either is asked of the workers (<see cref="Question"/>). An error of a table ends that table's run; an error of the
/// consumer concerns the lane.
/// </remarks>
internal sealed class Lane : IRecordHandler, IConsumerListener, IDisposable
{
    private const int PollRecords = 10_000, PollMs = 100, BusyPollMs = 5, FirstWaitMs = 500, LongestWaitMs = 30_000, UpkeepMs = 1_000, TruncateMs = 100;

    /// <summary>A member that has no partition by then is one too many, which is as good as running.</summary>
    private const int JoinWaitMs = 15_000;

    /// <summary>
    /// How long the lane waits in place for a table that takes no more: what is fetched and waits is kept. Longer where nothing else could be done meanwhile; then the table's
    /// partitions are stopped, and what was fetched of them is fetched again.
    /// </summary>
    private const int PatienceMs = 100, AlonePatienceMs = 10_000;

    /// <summary>Partitions whose ends are asked for in a second.</summary>
    private const int MostWatermarks = 500;

    private readonly EngineContext engine;
    private readonly ConcurrentQueue<LaneMessage> inbox = new();
    private readonly Dictionary<(string Topic, int Partition), LanePartition> partitions = [];
    private readonly Dictionary<TableHandle, RunPart> parts = new(ReferenceEqualityComparer.Instance);
    private readonly List<RunPart> touched = [];
    private readonly List<RunPart> attention = [];
    private readonly List<RunPart> stalled = [];
    private readonly PriorityQueue<RunPart, long> ages = new();
    private readonly KafkaProblems problems;
    private readonly LaneAcks acks;
    private readonly IClock clock;
    private IConsumer? consumer;
    private LanePartition?[] byPartition = [];
    private int cachedTopic = -1;
    private long nextUpkeepMs;
    private long nextTruncateMs;
    private long joinedMs;
    private int watermarksFrom;
    private bool hasAssignment;
    private EngineException? problem;
    private bool closing;

    internal Lane(int index, EngineContext engine, LaneLog log)
    {
        (Index, this.engine, Log, clock) = (index, engine, log, engine.Services.Clock);
        problems = new(index, engine.Log, clock);
        acks = new(log);
        Writers = new DefaultObjectPool<RecordFrameWriter>(new FrameWriterPolicy(log.MaxPayloadBytes), FrameWriterPolicy.MostKept);
    }

    internal int Index { get; }

    internal LaneLog Log { get; }

    internal ILog Logger => engine.Log;

    internal IClock Clock => clock;

    /// <summary>Lane's thread.</summary>
    internal ObjectPool<RecordFrameWriter> Writers { get; }

    /// <summary>Any thread.</summary>
    internal KafkaConnection? Connection { get; private set; }

    /// <summary>It has had its first answer of the group, or was given up on. Any thread.</summary>
    internal bool HasJoined { get; private set; }

    /// <summary>Partitions that are assigned to it. Any thread, roughly.</summary>
    internal int PartitionCount => partitions.Count;

    /// <summary>For other threads: acted on in the next step.</summary>
    internal void Tell(LaneMessage message) => inbox.Enqueue(message);

    /// <summary>The lane's worker: consumers, one after another, until a stop; then flushes, acks and leaves.</summary>
    internal void Run()
    {
        var wait = FirstWaitMs;
        while (!engine.Stop.IsEnded)
        {
            var began = clock.MonotonicMs;
            try
            {
                Open();
                while (!engine.Stop.IsEnded && problem is null) Step();
                if (problem is null) Finish();
            }
            catch (EngineException error) when (error.Kind != ErrorKind.Fatal)
            {
                problem = error;
            }
            finally
            {
                Close();
            }
            if (problem is not { } reason) return;
            problem = null;
            if (clock.MonotonicMs - began > LongestWaitMs) wait = FirstWaitMs;
            engine.Log.Warn("lane waits", ("lane", Index), ("error", reason.Message), ("retry_ms", wait));
            foreach (var table in engine.Tables.All) table.OnLaneProblem(reason);
            engine.Stop.Wait(wait);
            wait = Math.Min(wait * 2, LongestWaitMs);
        }
    }

    public void OnRecord(in KafkaRecord record)
    {
        if (Of(record.TopicId, record.Partition) is not { } partition || record.Offset < partition.Position) return;
        partition.Position = record.Offset.Next;
        foreach (var source in partition.Reading)
        {
            if (record.Offset < source.NextOffset) continue;
            var part = source.Part!;
            try
            {
                part.Offer(in record, source);
            }
            catch (EngineException error) when (IsOfTable(error))
            {
                Fail(part, error);
            }
        }
    }

    public void OnPartitionEnd(int topicId, int partitionNumber, Offset nextOffset)
    {
        if (Of(topicId, partitionNumber) is not { } partition) return;
        if (partition.Position < nextOffset) partition.Position = nextOffset;
        foreach (var source in partition.Reading) source.Part!.OfferEnd(source, nextOffset);
    }

    public void OnAssigned(ReadOnlySpan<TopicPartition> assigned)
    {
        KillPoint.Hit("group.assigned");
        hasAssignment = true;
        var concerned = new HashSet<RunPart>(ReferenceEqualityComparer.Instance);
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var given in assigned)
        {
            var partition = new LanePartition(given.Topic, given.Partition);
            partitions[(given.Topic, given.Partition)] = partition;
            foreach (var table in engine.Tables.FedBy(given.Topic)) Feed(partition, new(table), asked);
            engine.Log.Debug("partition assigned", ("lane", Index), ("topic", given.Topic), ("partition", given.Partition));
        }
        cachedTopic = -1;
        Ask(asked);
        HasJoined = true;
    }

    public void OnRevoked(ReadOnlySpan<TopicPartition> revoked)
    {
        KillPoint.Hit("group.revoked");
        var gone = Forget(revoked);
        // What does not make it in time is refetched by the next owner; the fence lets only one of the two commit it.
        if (!closing && !engine.Stop.IsEnded) FlushAndWait([.. gone], engine.RevokeTimeoutMs);
        KillPoint.Hit("group.let-go");
    }

    public void OnLost(ReadOnlySpan<TopicPartition> lost)
    {
        foreach (var part in Forget(lost))
            if (!engine.Stop.IsEnded) Fail(part, new(ErrorKind.Unavailable, $"table {part.Run.Table.Name}: its partitions were given to another member; starting again from what the table holds"));
    }

    public void OnProblem(in KafkaProblem told)
    {
        problems.Tell(in told);
        var end = KafkaProblems.EndOf(in told);
        if (told.Topic is { } topic && partitions.TryGetValue((topic, told.Partition), out var partition))
        {
            foreach (var feed in partition.Feeds)
            {
                feed.Table.LastError = told.Text;
                if (end is not null && feed.Part is { } part) Fail(part, end);
            }
            return;
        }
        foreach (var table in engine.Tables.All)
        {
            table.Topics.Report(in told);
            table.LastError = told.Text;
        }
        if (end is null) return;
        if (end.Kind == ErrorKind.Denied) foreach (var table in engine.Tables.All) table.OnLaneProblem(end);
        else problem ??= end;
    }

    /// <summary>A part was offered something for the first time since the last look.</summary>
    internal void OnTouched(RunPart part)
    {
        part.TouchedMs = clock.MonotonicMs;
        touched.Add(part);
    }

    /// <summary>A part takes no more: the poll ends, so that what is fetched waits.</summary>
    internal void OnStalled(RunPart part)
    {
        stalled.Add(part);
        Attend(part);
        if (isPolling) consumer!.EndPoll();
    }

    /// <summary>Something of the part is to be tried again at each step.</summary>
    internal void Attend(RunPart part)
    {
        if (!attention.Contains(part)) attention.Add(part);
    }

    /// <summary>A part that was stalled takes records again: what was passed over is sought back to.</summary>
    internal void OnGoesOn(RunPart part)
    {
        stalled.Remove(part);
        engine.Log.Debug("fetching goes on", ("lane", Index), ("table", part.Run.Table.Name));
        SeekBack(part.Sources.Where(s => s is { Reads: true, Missed: true }));
    }

    /// <summary>What logs held is taken: these sources are read from Kafka from here on.</summary>
    internal void StartReading(RunPart part, IReadOnlyList<Source> sources)
    {
        foreach (var source in sources.Where(s => s.Assigned)) source.Reads = true;
        UpdatePartitions(sources);
        // Others of the part have stood still meanwhile.
        SeekBack(part.Sources.Where(s => s.Reads && (s.Missed || sources.Contains(s))));
    }

    /// <summary>After <see cref="Run"/>.</summary>
    public void Dispose() => Log.Dispose();

    private bool isPolling;

    private static bool IsOfTable(EngineException error) => error.Kind != ErrorKind.Fatal || PauseReasons.Of(error) is not null;

    private void Open()
    {
        cachedTopic = -1;
        (hasAssignment, joinedMs) = (false, clock.MonotonicMs);
        var options = engine.Options.Kafka;
        while (engine.Tables.Topics.IsEmpty)
            if (engine.Stop.Wait(PollMs)) return;
        consumer = engine.Services.OpenConsumer(new()
        {
            Client = engine.Client,
            Group = options.Group,
            Topics = engine.Tables.Topics,
            InstanceId = options.InstanceId is { } instance ? FormattableString.Invariant($"{instance}.{Index}") : null,
            Protocol = options.GroupProtocol,
            FetchBufferBytes = engine.Shares.LaneFetchBytes,
        }, this, engine.Log);
    }

    private void Step()
    {
        while (inbox.TryDequeue(out var message)) Take(message);
        TryAgain();
        var now = clock.MonotonicMs;
        if (WaitsInPlace(now))
        {
            engine.RelieveMemory();
            consumer!.PollEvents(BusyPollMs * 4);
        }
        else
        {
            isPolling = true;
            try
            {
                consumer!.Poll(attention.Count > 0 || engine.IsBusy ? BusyPollMs : PollMs, PollRecords, this);
            }
            finally
            {
                isPolling = false;
            }
        }
        KillPoint.Hit("ingest.polled");
        Publish();
        CheckAges();
        Upkeep();
        Connection = consumer.Connection;
    }

    private void Take(LaneMessage message)
    {
        switch (message)
        {
            case LaneMessage.RunReady(var run):
                OnRunReady(run);
                break;
            case LaneMessage.RunOver(var run):
                if (parts.TryGetValue(run.Table, out var over) && ReferenceEquals(over.Run, run)) End(over);
                break;
            case LaneMessage.Starts(var question):
                OnStarts(question);
                break;
            case LaneMessage.Columns(var question):
                if (question.Part.HasEnded) break;
                Guard(question.Part, question, static (q, p) => p.OnAnswer(q));
                Attend(question.Part);
                break;
            case LaneMessage.Seal(var part):
                Guard(part, this, static (_, p) => p.SealForFlush());
                part.Run.OnSealed();
                break;
            case LaneMessage.TablesChanged:
                OnTablesChanged();
                break;
        }
    }

    private void OnRunReady(TableRun run)
    {
        if (!ReferenceEquals(run.Table.Run, run)) return;
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var partition in partitions.Values)
            foreach (var feed in partition.Feeds)
                if (ReferenceEquals(feed.Table, run.Table) && feed.Source is null) Attach(partition, feed, run, asked);
        Ask(asked);
        if (asked.Count == 0 && hasAssignment) run.Table.ShowRunning("no partition is assigned here");
    }

    private void Feed(LanePartition partition, LanePartition.Feed feed, Dictionary<RunPart, List<Source>> asked)
    {
        partition.Feeds.Add(feed);
        if (feed.Table.Run is { } run) Attach(partition, feed, run, asked);
    }

    private void Attach(LanePartition partition, LanePartition.Feed feed, TableRun run, Dictionary<RunPart, List<Source>> asked)
    {
        if (!parts.TryGetValue(feed.Table, out var part) || !ReferenceEquals(part.Run, run))
        {
            // The run before is given up with its message, which is on its way.
            if (part is { HasEnded: false }) return;
            try
            {
                part = new(this, run);
            }
            catch (EngineException error) when (IsOfTable(error))
            {
                run.Fail(error);
                return;
            }
            if (!run.Join(part)) return;
            parts[feed.Table] = part;
        }
        feed.Part = part;
        feed.Source = part.Register(new(partition.Topic, partition.Partition));
        if (!asked.TryGetValue(part, out var sources)) asked[part] = sources = [];
        sources.Add(feed.Source);
    }

    private static void Ask(Dictionary<RunPart, List<Source>> asked)
    {
        foreach (var (part, sources) in asked) part.Run.Ask(new StartsQuestion(part, sources));
    }

    private void OnStarts(StartsQuestion question)
    {
        var part = question.Part;
        var found = new List<(Source, FoundRun)>();
        var ready = new List<Source>();
        for (var i = 0; i < question.Decisions.Count; i++)
        {
            var (source, decision) = (question.Sources[i], question.Decisions[i]);
            if (part.HasEnded || !source.Assigned)
            {
                decision.Found?.Pin.Release();
                continue;
            }
            source.TopicId = decision.TopicId;
            source.CommittedOffset = decision.Committed;
            var begins = !decision.Committed.IsNumber;
            if (decision.Found is { } held)
            {
                source.StartAt(begins ? held.Run.From : Offset.Max(held.Run.From, decision.Committed), begins);
                if (decision.Start != held.Run.Next) source.ReadFrom = decision.Start;
                found.Add((source, held));
            }
            else
            {
                source.StartAt(begins ? decision.Start : decision.Committed, begins);
                source.ReadFrom = decision.Start;
                ready.Add(source);
            }
            engine.Log.Info("partition starts", ("table", part.Run.Table.Name), ("lane", Index), ("topic", source.Topic), ("partition", source.Partition), ("start", decision.Start));
        }
        if (part.HasEnded) return;
        foreach (var (partition, topicId, start) in question.Begins)
        {
            var source = part.RegisterBeginning(partition, topicId, start);
            part.TakeEnd(source, start);
        }
        KillPoint.Hit("group.started");
        if (found.Count > 0) Guard(part, found, static (f, p) => p.BeginReplay(new(p, f), p.Run.Redo));
        StartReading(part, ready);
        part.Run.Table.ShowRunning();
    }

    private void OnTablesChanged()
    {
        if (!engine.Tables.Topics.IsEmpty) consumer!.Subscribe(engine.Tables.Topics);
        var asked = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var partition in partitions.Values)
        {
            var fed = engine.Tables.FedBy(partition.Topic);
            partition.Feeds.RemoveAll(f => f.Source is null && !fed.Contains(f.Table));
            foreach (var table in fed)
                if (!partition.Feeds.Exists(f => ReferenceEquals(f.Table, table))) Feed(partition, new(table), asked);
            partition.Update();
        }
        Ask(asked);
    }

    /// <summary>Tries again what waits: for room, for columns, for its turn to be replayed.</summary>
    private void TryAgain()
    {
        for (var i = attention.Count - 1; i >= 0; i--)
        {
            var part = attention[i];
            Guard(part, this, static (_, p) => p.GoOn());
            if (!part.WantsAttention) attention.RemoveAt(i);
        }
    }

    /// <summary>Nothing is polled for the moment, as what is fetched could not be taken. Those that wait for longer have their partitions stopped, and the others go on.</summary>
    private bool WaitsInPlace(long now)
    {
        if (stalled.Count == 0) return false;
        var isAlone = parts.Count == stalled.Count || parts.Count == 1;
        var waits = false;
        foreach (var part in stalled)
        {
            if (now - part.StalledSinceMs < (isAlone ? AlonePatienceMs : PatienceMs)) waits = true;
            else StopPartitionsOf(part);
        }
        return waits;
    }

    private void StopPartitionsOf(RunPart part)
    {
        List<TopicPartition>? stop = null;
        foreach (var source in part.Sources)
        {
            if (!source.Reads || source.Missed) continue;
            source.Missed = true;
            if (!partitions.TryGetValue((source.Topic, source.Partition), out var partition) || !partition.IsStarted || partition.Reading.Any(s => !s.Part!.IsStalled)) continue;
            partition.IsStarted = false;
            (stop ??= []).Add(new(source.Topic, source.Partition));
        }
        if (stop is null) return;
        engine.Log.Info("fetching is stopped", ("lane", Index), ("table", part.Run.Table.Name), ("partitions", stop.Count), ("reason", part.Run.Flush?.Trouble ?? Log.Trouble ?? "rows wait for their flush"));
        consumer!.Stop(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stop));
    }

    private void SeekBack(IEnumerable<Source> sources)
    {
        var starts = new List<TopicPartitionOffset>();
        foreach (var source in sources)
        {
            source.Missed = false;
            if (!partitions.TryGetValue((source.Topic, source.Partition), out var partition)) continue;
            var from = source.ReadFrom is { } wanted && (wanted.IsNumber || !source.NextOffset.IsNumber) ? wanted : source.NextOffset;
            if (from.IsNumber)
            {
                source.ReadFrom = null;
                if (from != source.NextOffset) source.PassTo(from);
            }
            // It is read from there or from before already, for another table: from its beginning, where no record has come yet.
            if (partition.IsStarted && (!partition.Position.IsNumber || (from.IsNumber && partition.Position <= from))) continue;
            partition.IsStarted = true;
            partition.Position = from.IsNumber ? from : Offset.None;
            starts.Add(new(source.Topic, source.Partition, from));
        }
        if (starts.Count > 0) consumer!.Start(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(starts));
    }

    private void Publish()
    {
        foreach (var part in touched)
        {
            part.IsTouched = false;
            Guard(part, this, static (lane, p) => lane.CheckTriggers(p));
        }
        touched.Clear();
        KillPoint.Hit("ingest.published");
        if (engine.Pool.HeldBytes * 2 > engine.Pool.BudgetBytes) engine.RelieveMemory();
    }

    private void CheckTriggers(RunPart part)
    {
        part.Publish();
        var pending = part.Pending;
        var options = part.Run.Table.Options.Flush;
        if (FlushTrigger.Decide(options, in pending, clock.UnixMs) != FlushReason.None)
        {
            part.RequestFlush();
            return;
        }
        var due = FlushTrigger.DueUnixMs(options, in pending);
        if (due == 0 || (part.AgeDueUnixMs != 0 && part.AgeDueUnixMs <= due)) return;
        part.AgeDueUnixMs = due;
        ages.Enqueue(part, due);
    }

    private void CheckAges()
    {
        var now = clock.UnixMs;
        while (ages.TryPeek(out var part, out var due) && due <= now)
        {
            ages.Dequeue();
            if (part.HasEnded || part.AgeDueUnixMs != due) continue;
            part.AgeDueUnixMs = 0;
            Guard(part, this, static (lane, p) => lane.CheckTriggers(p));
        }
    }

    private void Upkeep()
    {
        var now = clock.MonotonicMs;
        if (now >= nextTruncateMs)
        {
            nextTruncateMs = now + TruncateMs;
            Log.Truncate();
            if (Log.Trouble is not null) engine.RelieveLog(this);
        }
        if (now < nextUpkeepMs) return;
        nextUpkeepMs = now + UpkeepMs;
        acks.Tick(partitions.Values, next => consumer!.Ack(next));
        if (!HasJoined && now - joinedMs > JoinWaitMs && consumer!.Connection.State == KafkaConnectionState.Up) HasJoined = true;
        if (HasJoined) engine.ShowTablesWithoutPartitions();
        ReadWatermarks();
    }

    private void ReadWatermarks()
    {
        if (partitions.Count == 0) return;
        var all = partitions.Values;
        var from = watermarksFrom;
        watermarksFrom = from + MostWatermarks >= all.Count ? 0 : from + MostWatermarks;
        foreach (var partition in all.Skip(from).Take(MostWatermarks))
        {
            if (!consumer!.TryGetWatermarks(new(partition.Topic, partition.Partition), out var marks)) continue;
            foreach (var feed in partition.Feeds)
                if (feed.Source is { } source) source.HighWatermark = marks.HighOffset;
        }
    }

    /// <summary>Runs a step of a table; what it throws of the table ends that table's run.</summary>
    private void Guard<T>(RunPart part, T with, Action<T, RunPart> work)
    {
        if (part.HasEnded) return;
        try
        {
            work(with, part);
        }
        catch (EngineException error) when (IsOfTable(error))
        {
            Fail(part, error);
        }
    }

    private void Fail(RunPart part, EngineException error)
    {
        part.Run.Fail(error);
        End(part);
    }

    /// <summary>Gives up what the lane holds of a run; partitions that feed nothing any more are stopped until the next one.</summary>
    private void End(RunPart part)
    {
        if (part.HasEnded) return;
        var sources = part.Sources;
        part.End();
        stalled.Remove(part);
        List<TopicPartition>? stop = null;
        foreach (var source in sources)
        {
            source.Reads = source.Assigned = false;
            if (!partitions.TryGetValue((source.Topic, source.Partition), out var partition)) continue;
            foreach (var feed in partition.Feeds)
                if (ReferenceEquals(feed.Part, part)) (feed.Part, feed.Source) = (null, null);
            partition.Update();
            if (partition.Reading.Length > 0 || !partition.IsStarted) continue;
            partition.IsStarted = false;
            (stop ??= []).Add(new(partition.Topic, partition.Partition));
        }
        if (stop is not null && !closing) consumer?.Stop(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stop));
        parts.Remove(part.Run.Table);
        part.Run.Leave(part);
    }

    /// <summary>Partitions that are the lane's no longer; the parts that were fed from them.</summary>
    private HashSet<RunPart> Forget(ReadOnlySpan<TopicPartition> gone)
    {
        var concerned = new HashSet<RunPart>(ReferenceEqualityComparer.Instance);
        var sources = new Dictionary<RunPart, List<Source>>(ReferenceEqualityComparer.Instance);
        foreach (var leaving in gone)
        {
            engine.Log.Debug("partition revoked", ("lane", Index), ("topic", leaving.Topic), ("partition", leaving.Partition));
            if (!partitions.Remove((leaving.Topic, leaving.Partition), out var partition)) continue;
            partition.Assigned = false;
            foreach (var feed in partition.Feeds)
            {
                if (feed.Part is not { } part || feed.Source is not { } source) continue;
                concerned.Add(part);
                if (!sources.TryGetValue(part, out var list)) sources[part] = list = [];
                list.Add(source);
            }
        }
        cachedTopic = -1;
        foreach (var (part, list) in sources) part.Drop(list);
        return concerned;
    }

    /// <summary>Seals and has flushed what these hold, and waits; false where it was not all in its table in time.</summary>
    private bool FlushAndWait(IReadOnlyList<RunPart> of, long timeoutMs)
    {
        foreach (var part in of)
        {
            if (part.HasEnded) continue;
            Guard(part, this, static (_, p) => p.SealForFlush());
            if (part.Unflushed > 0) part.Run.RequestFlush(part, Urgency.Pressing);
        }
        var deadline = clock.MonotonicMs + timeoutMs;
        while (of.Any(p => !p.HasEnded && p.Run.Failure is null && p.Unflushed > 0))
        {
            if (clock.MonotonicMs >= deadline) return false;
            // Another lane may wait for this one to seal its part of the same flush.
            AnswerSeals();
            clock.Sleep(5);
        }
        return of.All(p => p.Unflushed == 0);
    }

    /// <summary>While the lane waits, it does what others wait for.</summary>
    private void AnswerSeals()
    {
        for (var i = inbox.Count; i > 0 && inbox.TryDequeue(out var message); i--)
        {
            if (message is LaneMessage.Seal or LaneMessage.RunOver) Take(message);
            else inbox.Enqueue(message);
        }
    }

    /// <summary>Stopping: takes what it can, has all of it flushed within the shutdown time, and acks.</summary>
    private void Finish()
    {
        KillPoint.Hit("stop.asked");
        if (consumer is null) return;
        while (inbox.TryDequeue(out var message))
            if (message is not LaneMessage.RunReady) Take(message);
        RunPart[] all = [.. parts.Values];
        foreach (var part in all)
        {
            part.Run.Table.Show(TableState.Stopping, "flushing and committing");
            Guard(part, this, static (_, p) => p.DrainAtStop());
        }
        if (!FlushAndWait(all, engine.StopTimeoutMs))
        {
            var left = all.Where(p => p.Unflushed > 0).ToList();
            engine.Log.Warn("left before everything was committed; the rest is read again at the next start", ("lane", Index), ("tables", string.Join(", ", left.Take(10).Select(p => p.Run.Table.Name))),
                ("waited_ms", engine.StopTimeoutMs), ("reason", left.Select(p => p.Run.Flush?.Trouble).FirstOrDefault(t => t is not null) ?? "time is up"));
        }
        KillPoint.Hit("stop.flushed");
        consumer.TryAck(LaneAcks.Committed(partitions.Values), 2_000);
        KillPoint.Hit("stop.acked");
    }

    /// <summary>Leaves the group. What was not committed is forgotten here and still in Kafka.</summary>
    private void Close()
    {
        closing = true;
        consumer?.Dispose();
        consumer = null;
        KillPoint.Hit("stop.left");
        foreach (var part in parts.Values.ToArray())
        {
            if (!engine.Stop.IsEnded) part.Run.Fail(problem ?? new EngineException(ErrorKind.Unavailable, "the lane has left its group"));
            End(part);
        }
        partitions.Clear();
        touched.Clear();
        attention.Clear();
        stalled.Clear();
        closing = false;
    }

    private void UpdatePartitions(IEnumerable<Source> sources)
    {
        foreach (var source in sources)
            if (partitions.TryGetValue((source.Topic, source.Partition), out var partition)) partition.Update();
    }

    /// <summary>The partition of a record; an array by partition of the topic last seen, as records come in runs.</summary>
    private LanePartition? Of(int topicId, int partition) =>
        topicId == cachedTopic && partition < byPartition.Length ? byPartition[partition] : LookUp(topicId, partition);

    /// <summary>Apart from the fast path: its closure would be allocated there for every record.</summary>
    private LanePartition? LookUp(int topicId, int partition)
    {
        var topic = consumer!.TopicName(topicId);
        cachedTopic = topicId;
        byPartition = new LanePartition?[1 + partitions.Keys.Where(k => k.Topic == topic).Select(k => k.Partition).DefaultIfEmpty(0).Max()];
        foreach (var known in partitions.Values)
            if (known.Topic == topic) byPartition[known.Partition] = known;
        return partition < byPartition.Length ? byPartition[partition] : null;
    }
}
