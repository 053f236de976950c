using System.Collections.Concurrent;
using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// One Kafka consumer, its log, and the thread that serves both: it feeds any number of tables, and lives as long as the process. All lanes
/// of all processes are members of one group.
/// </summary>
/// <remarks>
/// Lane's thread, but for <see cref="Tell"/> and what says otherwise. Each step: act on what other threads told, try again what could not
/// be done, poll, publish, look at the flush triggers. It waits for no catalog and, but for a revoke, for no flush: what takes either is
/// asked of the workers (<see cref="Question"/>). An error of a table ends that table's run; an error of the consumer concerns the lane.
/// </remarks>
internal sealed partial class Lane : IRecordHandler, IConsumerListener, IDisposable
{
    private const int PollRecords = 10_000, PollMs = 100, BusyPollMs = 5, FirstWaitMs = 500, LongestWaitMs = 30_000, UpkeepMs = 1_000,
        TruncateMs = 100;

    /// <summary>A member that has no partition by then is one too many, which is as good as running.</summary>
    private const int JoinWaitMs = 15_000;

    /// <summary>
    /// How long the lane waits in place for a table that takes no more: what is fetched and waits is kept. Longer where nothing else could
    /// be done meanwhile; then the table's partitions are stopped, and what was fetched of them is fetched again.
    /// </summary>
    private const int PatienceMs = 100, AlonePatienceMs = 10_000;

    /// <summary>Partitions whose ends are asked for in a second.</summary>
    private const int MostWatermarks = 500;

    private readonly EngineContext engine;
    private readonly ConcurrentQueue<LaneMessage> inbox = new();
    private readonly LanePartitions partitions = new();
    private readonly Dictionary<TableHandle, RunPart> parts = new(ReferenceEqualityComparer.Instance);
    private readonly List<RunPart> touched = [];
    private readonly List<RunPart> attention = [];
    private readonly List<RunPart> stalled = [];
    private readonly PriorityQueue<RunPart, long> ages = new();
    private readonly KafkaProblems problems;
    private readonly LaneAcks acks;
    private readonly IClock clock;
    private IConsumer? consumer;
    private LanePartition?[]?[] byTopic = [];
    private long nextUpkeepMs;
    private long nextTruncateMs;
    private long joinedMs;
    private int watermarksFrom;
    private bool hasAssignment;
    private EngineException? problem;
    private ImmutableArray<string> subscribed = [];
    private bool closing;
    private bool isPolling;

    internal Lane(int index, EngineContext engine, LaneLog log)
    {
        (Index, this.engine, Log, clock) = (index, engine, log, engine.Services.Clock);
        problems = new(index, engine.Log, clock);
        acks = new(log);
        Writers = new(log.MaxPayloadBytes);
    }

    internal int Index { get; }

    internal LaneLog Log { get; }

    internal ILog Logger => engine.Log;

    internal IClock Clock => clock;

    internal IndexBudget IndexBudget => engine.Index;

    /// <summary>Lane's thread.</summary>
    internal FrameWriters Writers { get; }

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
            foreach (var table in engine.Tables.All) table.LastError = reason.Message;
            engine.Stop.Wait(wait);
            wait = Math.Min(wait * 2, LongestWaitMs);
        }
    }

    /// <summary>A part was offered something for the first time since the last look.</summary>
    internal void OnTouched(RunPart part) => touched.Add(part);

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
        if (part.IsAttended) return;
        part.IsAttended = true;
        attention.Add(part);
    }

    /// <summary>After <see cref="Run"/>.</summary>
    public void Dispose()
    {
        foreach (var part in parts.Values) part.EndIndex();
        Log.Dispose();
    }

    private static bool IsOfTable(EngineException error) => error.Kind != ErrorKind.Fatal || PauseReasons.Of(error) is not null;

    /// <summary>Joins the group.</summary>
    internal void Open()
    {
        Array.Clear(byTopic);
        (hasAssignment, joinedMs) = (false, clock.MonotonicMs);
        var options = engine.Options.Kafka;
        while (engine.Tables.Topics.IsEmpty)
            if (engine.Stop.Wait(PollMs)) return;
        consumer = engine.Services.OpenConsumer(new()
        {
            Client = engine.Client,
            Group = options.Group,
            Topics = subscribed = engine.Tables.Topics,
            InstanceId = options.InstanceId is { } instance ? FormattableString.Invariant($"{instance}.{Index}") : null,
            Protocol = options.GroupProtocol,
            FetchBufferBytes = engine.Shares.LaneFetchBytes,
        }, this, engine.Log);
    }

    /// <summary>One step of what <see cref="Run"/> does until a stop.</summary>
    internal void Step()
    {
        while (inbox.TryDequeue(out var message)) Take(message);
        TryAgain();
        TryRoutes();
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
                consumer!.Poll(attention.Count + routesToAttend.Count > 0 || engine.IsBusy ? BusyPollMs : PollMs, PollRecords, this);
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
            case LaneMessage.Routes(var question):
                question.Part.OnAnswer(question);
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

    /// <summary>Tries again what waits: for room, for columns, for its turn to be replayed.</summary>
    private void TryAgain()
    {
        for (var i = attention.Count - 1; i >= 0; i--)
        {
            var part = attention[i];
            Guard(part, this, static (_, p) => p.GoOn());
            if (part.WantsAttention) continue;
            part.IsAttended = false;
            attention[i] = attention[^1];
            attention.RemoveAt(attention.Count - 1);
        }
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
        engine.Pool.RetireFlushed(now - engine.Options.HotTtlMs);
        foreach (var part in parts.Values) part.SweepIndex();
        PassRoutes();
        acks.Tick(partitions.All, next => consumer!.Ack(next));
        if (!HasJoined && now - joinedMs > JoinWaitMs && consumer!.Connection.State == KafkaConnectionState.Up) HasJoined = true;
        if (HasJoined) engine.ShowTablesWithoutPartitions();
        ReadWatermarks();
        LookBehind();
    }

    private void ReadWatermarks()
    {
        if (partitions.Count == 0) return;
        var all = partitions.All;
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
        if (!FlushAndWait(all, engine.StopTimeoutMs, isPatient: true))
        {
            var left = all.Where(p => p.Unflushed > 0).ToList();
            engine.Log.Warn("left before everything was committed; the rest is read again at the next start", ("lane", Index),
                ("tables", string.Join(", ", left.Take(10).Select(p => p.Run.Table.Name))),
                ("waited_ms", engine.StopTimeoutMs),
                    ("reason", left.Select(p => p.Run.Flush?.Trouble).FirstOrDefault(t => t is not null) ?? "time is up"));
        }
        KillPoint.Hit("stop.flushed");
        consumer.TryAck(LaneAcks.Committed(partitions.All), 2_000);
        KillPoint.Hit("stop.acked");
    }

    /// <summary>Leaves the group. What was not committed is forgotten here and still in Kafka.</summary>
    internal void Close()
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
        routesToAttend.Clear();
        stalled.Clear();
        closing = false;
    }
}
