using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// One table's pipeline over the life of the process: an ingest worker that runs sessions one after another, and a flush worker that serves each. Owns
/// the state that people see.
/// </summary>
internal sealed class TablePipeline(TableOptions options, EngineOptions engine, EngineServices services, TableStoreFactory stores, MemoryShares memory, ILog log) : IDisposable
{
    private const int FirstWaitMs = 500, LongestWaitMs = 30_000, ResumePollMs = 500, LongestLeaveMs = 5_000;

    /// <summary>Rights are given back without anyone telling: looked for by itself.</summary>
    private const int DeniedRetryMs = 60_000;

    private readonly IClock clock = services.Clock;
    private readonly CallScope stop = new(services.Clock);
    private readonly ILatch flushWork = services.Clock.CreateLatch();
    private readonly ILatch syncWork = services.Clock.CreateLatch();
    private readonly Dictionary<(string Topic, int Partition), Offset> acceptedRecords = [];
    private volatile TableSession? session;
    private volatile FlushSide? flushSide;
    private volatile TableJournal? journal;
    private volatile bool ingestDone;
    private volatile Shown shown = new(TableState.Starting, "", null);

    /// <summary>What a person has accepted since the last commit.</summary>
    private ImmutableHashSet<PauseReason> accepted = [];

    /// <summary>A session's flusher, and the scope of its calls.</summary>
    private sealed record FlushSide(TableFlusher Flusher, CallScope Calls);

    private sealed record Shown(TableState State, string Detail, PauseReason? Reason);

    internal TableOptions Options => options;

    internal ILog Log => log;

    internal IClock Clock => clock;

    internal IRandom Random => services.Random;

    internal TableCounters Counters { get; } = new();

    internal TopicWatch Topics { get; } = new(options.Topics, options.Name, log);

    internal MemoryShares Memory => memory;

    /// <summary>How long a stop may take to flush and commit: the shutdown time less what letting go of log, group and memory may take.</summary>
    internal long ShutdownTimeoutMs => engine.ShutdownTimeoutMs - Math.Min(engine.ShutdownTimeoutMs / 4, LongestLeaveMs);

    /// <summary>How long a revoke may take to flush; well within Kafka's bounds.</summary>
    internal long RevokeTimeoutMs => Math.Min(engine.ShutdownTimeoutMs, 30_000);

    internal bool StopRequested => stop.IsEnded;

    internal string LastError { get; set; } = "";

    internal ConsumerOptions ConsumerOptions => new()
    {
        Client = new() { Brokers = engine.Kafka.Brokers, ClientId = engine.Kafka.ClientId, Properties = [.. engine.Kafka.Properties] },
        Group = $"{engine.Kafka.Group}.{options.Name}",
        Topics = options.Topics,
        InstanceId = engine.Kafka.InstanceId is { } instance ? $"{instance}.{options.Name}" : null,
        Protocol = engine.Kafka.GroupProtocol,
        FetchBufferBytes = memory.FetchBytes,
    };

    internal IConsumer OpenConsumer(IConsumerListener listener) => services.OpenConsumer(ConsumerOptions, listener, log);

    /// <summary>How far a replay of the log is; empty unless one is under way. Ingest thread writes.</summary>
    internal string Recovering { get; set; } = "";

    internal void RequestStop() => stop.End();

    internal void SetState(TableState newState, string detail = "", PauseReason? reason = null)
    {
        var old = shown;
        if (old.State == newState && old.Detail == detail) return;
        shown = new(newState, detail, reason);
        if (old.State != newState) log.Info("table state", ("table", options.Name), ("state", newState), ("reason", reason is { } r ? PauseReasons.NameOf(r) : null), ("detail", detail.Length == 0 ? null : detail));
    }

    /// <summary>The ingest worker: sessions until a stop. After an error that passes it waits and starts the next from what table and log hold.</summary>
    internal void RunIngest()
    {
        var wait = FirstWaitMs;
        using var calls = stop.Enter();
        try
        {
            while (!stop.IsEnded)
            {
                var began = clock.MonotonicMs;
                var commits = Counters.Commits;
                var error = RunSession();
                if (Counters.Commits > commits) accepted = [];
                if (error is null) break;
                LastError = error.Message;
                if (clock.MonotonicMs - began > LongestWaitMs) wait = FirstWaitMs;
                if (NamedStop.ReasonOf(error) is { } reason)
                {
                    Pause(reason, error);
                    wait = FirstWaitMs;
                    continue;
                }
                if (error.Kind == ErrorKind.Fatal) throw error;
                log.Warn("table waits", ("table", options.Name), ("error", error.Message), ("retry_ms", wait));
                SetState(TableState.Waiting, error.Message);
                stop.Wait(wait);
                wait = Math.Min(wait * 2, LongestWaitMs);
            }
            SetState(TableState.Stopped);
        }
        catch (Exception e)
        {
            log.Error("table failed", ("table", options.Name), ("error", e is EngineException ? e.Message : e.ToString()));
            SetState(TableState.Failed, e.Message);
            throw;
        }
        finally
        {
            ingestDone = true;
            flushWork.Set();
            syncWork.Set();
        }
    }

    /// <summary>The sync worker: serves the log of each session until the ingest worker has ended.</summary>
    internal void RunSync()
    {
        while (true)
        {
            syncWork.Wait();
            syncWork.Reset();
            Interlocked.Exchange(ref journal, null)?.RunSync();
            if (ingestDone) return;
        }
    }

    /// <summary>The flush worker: serves the flusher of each session until the ingest worker has ended.</summary>
    internal void RunFlush()
    {
        while (true)
        {
            flushWork.Wait();
            flushWork.Reset();
            if (Interlocked.Exchange(ref flushSide, null) is { } side)
            {
                using var calls = side.Calls.Enter();
                side.Flusher.Run();
            }
            if (ingestDone) return;
        }
    }

    internal TableStatus Status()
    {
        var current = session;
        var (state, detail, reason) = shown;
        var kafka = current?.Connection;
        var log = current?.Journal;
        if (state == TableState.Running && (current?.Flusher.Trouble ?? log?.Trouble) is { } trouble) (state, detail) = (TableState.Waiting, trouble);
        else if (state is TableState.Running or TableState.Starting && kafka is { State: not KafkaConnectionState.Up, LastError: { } lost }) (state, detail) = (TableState.Waiting, $"Kafka is away: {lost}");
        return new()
        {
            Name = options.Name,
            State = state,
            Detail = detail,
            PauseReason = reason,
            Recovering = Recovering,
            KafkaState = kafka?.State.ToString() ?? "",
            Partitions = [.. (current?.Sources ?? []).Where(s => s.Assigned).Select(s => new PartitionStatus(s.Topic, s.Partition, s.NextOffset, s.CommittedOffset, s.HighWatermark, s.Fetched))],
            Records = Volatile.Read(ref Counters.Records),
            RecordBytes = Volatile.Read(ref Counters.RecordBytes),
            Rows = Volatile.Read(ref Counters.Rows),
            IgnoredFields = Volatile.Read(ref Counters.IgnoredFields),
            RowsCommitted = Volatile.Read(ref Counters.RowsCommitted),
            DeadLetters = Counters.DeadLetters,
            RingBytes = current?.RingBytesInUse ?? 0,
            RingBudgetBytes = current?.RingBudgetBytes ?? memory.RingBytes,
            Backpressure = current?.IsHeldBack ?? false,
            WalAppendedPosition = log?.AppendedPosition ?? default,
            WalSyncedPosition = log?.SyncedPosition ?? default,
            WalBytes = log?.Bytes ?? 0,
            WalSyncP99Us = log?.SyncP99Us ?? 0,
            WalTrouble = log?.Trouble ?? "",
            Breaker = Breaker(),
            DeadLetterPendingBytes = current?.DeadLetterBytes ?? 0,
            Commits = Volatile.Read(ref Counters.Commits),
            FlushRetries = Volatile.Read(ref Counters.FlushRetries),
            CommitRetries = Volatile.Read(ref Counters.CommitRetries),
            DataFiles = Volatile.Read(ref Counters.DataFiles),
            DataFileBytes = Volatile.Read(ref Counters.DataFileBytes),
            SnapshotId = Counters.SnapshotId,
            LastCommitUnixMs = Volatile.Read(ref Counters.LastCommitUnixMs),
            LastFlushMs = Volatile.Read(ref Counters.LastFlushMs),
            LastCommitMs = Volatile.Read(ref Counters.LastCommitMs),
            OldestPendingUnixMs = current?.OldestPendingUnixMs ?? 0,
            LastError = LastError,
            MissingTopics = [.. Topics.Missing],
        };
    }

    /// <summary>After the workers have ended.</summary>
    public void Dispose() => stop.Dispose();

    /// <summary>Runs one session to its end. Null when it ended by a stop.</summary>
    private EngineException? RunSession()
    {
        try
        {
            SetState(TableState.Starting);
            KillPoint.Hit("session.begun");
            var store = stores.Open(options, memory, accepted, Counters);
            KillPoint.Hit("session.table-open");
            if (store.IsAnother) TableJournal.Discard(services, engine, options.Name);
            using var opened = TableJournal.Open(services, engine, options.Name, log);
            journal = opened;
            syncWork.Set();
            KillPoint.Hit("session.log-open");
            var redo = store.IsOpen ? new HalfDoneFlush(store, opened, options, Counters, log, clock).Finish() : null;
            using var flushCalls = new CallScope(clock);
            using var current = new TableSession(this, store, opened, OpenLetters, redo);
            session = current;
            flushSide = new(current.Flusher, flushCalls);
            flushWork.Set();
            try
            {
                current.Run();
            }
            finally
            {
                // What the flush still waits for is given up: the session is about to wait for it to let go.
                flushCalls.End();
            }
            return null;
        }
        catch (EngineException e)
        {
            return e;
        }
        finally
        {
            session = null;
            Recovering = "";
        }
    }

    private DeadLetters OpenLetters(SegmentRing ring) => DeadLetterFactory.Create(options, new()
    {
        Table = stores.IdentOf(options),
        Catalog = services.Catalog,
        Objects = services.Objects,
        ParquetBuffers = stores.ParquetBuffers,
        FormatVersion = engine.Iceberg.FormatVersion,
        Kafka = engine.Kafka,
        OpenProducer = o => services.OpenProducer(o, log),
        Segments = ring.Segments.Count,
        RingBytes = ring.BudgetBytes,
        Log = log,
        Clock = clock,
        Random = services.Random,
        Accepted = acceptedRecords,
    });

    /// <summary>Stands still until a person resumes, or a stop.</summary>
    private void Pause(PauseReason reason, EngineException error)
    {
        log.Error("table paused", ("table", options.Name), ("reason", PauseReasons.NameOf(reason)), ("error", error.Message), ("resume", ResumeHint(reason)));
        SetState(TableState.Paused, error.Message, reason);
        var (began, pausedUnixMs) = (clock.MonotonicMs, clock.UnixMs);
        while (!stop.Wait(ResumePollMs))
        {
            if (reason == PauseReason.PermissionDenied && clock.MonotonicMs - began >= DeniedRetryMs) return;
            if (TakeRequest() is not { } request || request.RequestedUnixMs < pausedUnixMs) continue;
            if (request.Accept is { } named && named != reason)
            {
                log.Warn("resume refused", ("table", options.Name), ("accepts", PauseReasons.NameOf(named)), ("paused_for", PauseReasons.NameOf(reason)));
                continue;
            }
            log.Info("table resumes", ("table", options.Name), ("accepted", request.Accept is null ? null : PauseReasons.NameOf(reason)));
            if (request.Accept is null) return;
            accepted = accepted.Add(reason);
            if (NamedStop.RecordOf(error) is { } record) acceptedRecords[(record.Topic, record.Partition)] = record.Offset;
            return;
        }
    }

    /// <summary>The state of the worst circuit; empty where there is none.</summary>
    private string Breaker()
    {
        if (services.Circuits.IsEmpty) return "";
        var states = services.Circuits.Select(c => c.Status.State).ToArray();
        return states.Contains(CircuitState.Open) ? "open" : states.Contains(CircuitState.HalfOpen) ? "half-open" : "closed";
    }

    private string ResumeHint(PauseReason reason) =>
        PauseReasons.CanAccept(reason) ? $"k2i resume {options.Name} --accept {PauseReasons.NameOf(reason)}" : $"k2i resume {options.Name}";

    private ResumeRequest? TakeRequest()
    {
        var path = ResumeRequest.PathOf(engine.DataDirectory, options.Name);
        try
        {
            if (!services.Files.Exists(path)) return null;
            var bytes = services.Files.Read(path, ResumeRequest.MaxBytes);
            services.Files.Delete(path);
            return ResumeRequest.Parse(bytes);
        }
        catch (EngineException error)
        {
            log.Warn("a request to resume cannot be taken", ("table", options.Name), ("error", error.Message));
            return null;
        }
    }
}
