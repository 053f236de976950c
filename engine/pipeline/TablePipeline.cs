using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// One table's pipeline over the life of the process: an ingest worker that runs sessions one after another, and a flush worker that serves each. Owns
/// the state that people see.
/// </summary>
internal sealed class TablePipeline(TableOptions options, EngineOptions engine, TableStoreFactory stores, MemoryShares memory, ILog log, IClock clock)
{
    private const int FirstWaitMs = 500, LongestWaitMs = 30_000;

    private readonly Latch stop = new();
    private readonly Latch flushWork = new();
    private volatile TableSession? session;
    private volatile TableFlusher? flusher;
    private volatile bool ingestDone;
    private volatile (TableState State, string Detail)[] state = [(TableState.Starting, "")];

    internal TableOptions Options => options;

    internal ILog Log => log;

    internal IClock Clock => clock;

    internal TableCounters Counters { get; } = new();

    internal MemoryShares Memory => memory;

    internal string DataDirectory => engine.DataDirectory;

    internal long ShutdownTimeoutMs => engine.ShutdownTimeoutMs;

    /// <summary>How long a revoke may take to flush; well within Kafka's bounds.</summary>
    internal long RevokeTimeoutMs => Math.Min(engine.ShutdownTimeoutMs, 30_000);

    internal bool StopRequested => stop.IsSet;

    internal string LastError { get; set; } = "";

    internal ConsumerOptions ConsumerOptions => new()
    {
        Client = new() { Brokers = engine.Kafka.Brokers, ClientId = engine.Kafka.ClientId, Properties = [.. engine.Kafka.Properties] },
        Group = $"{engine.Kafka.Group}.{options.Name}",
        Topics = options.Topics,
        InstanceId = engine.Kafka.InstanceId is { } instance ? $"{instance}.{options.Name}" : null,
        FetchBufferBytes = memory.FetchBytes,
    };

    internal void RequestStop() => stop.Set();

    internal void SetState(TableState newState, string detail = "")
    {
        var old = state[0];
        if (old == (newState, detail)) return;
        state = [(newState, detail)];
        if (old.State != newState) log.Info("table state", ("table", options.Name), ("state", newState), ("detail", detail.Length == 0 ? null : detail));
    }

    /// <summary>The ingest worker: sessions until a stop. After an error that passes it waits and starts the next from what the table holds.</summary>
    internal void RunIngest()
    {
        var wait = FirstWaitMs;
        try
        {
            while (!stop.IsSet)
            {
                var began = clock.MonotonicMs;
                var error = RunSession();
                if (error is null) break;
                LastError = error.Message;
                if (clock.MonotonicMs - began > LongestWaitMs) wait = FirstWaitMs;
                if (error.Retryable || error.Kind is ErrorKind.Unknown or ErrorKind.Denied)
                {
                    log.Warn("table waits", ("table", options.Name), ("error", error.Message), ("retry_ms", wait));
                    SetState(TableState.Waiting, error.Message);
                    stop.Wait(wait);
                    wait = Math.Min(wait * 2, LongestWaitMs);
                }
                else
                {
                    log.Error("table paused", ("table", options.Name), ("reason", error.Message));
                    SetState(TableState.Paused, error.Message);
                    stop.Wait();
                }
            }
            SetState(TableState.Stopped);
        }
        catch (Exception e)
        {
            log.Error("table failed", ("table", options.Name), ("error", e.ToString()));
            SetState(TableState.Failed, e.Message);
            throw;
        }
        finally
        {
            ingestDone = true;
            flushWork.Set();
        }
    }

    /// <summary>The flush worker: serves the flusher of each session until the ingest worker has ended.</summary>
    internal void RunFlush()
    {
        while (true)
        {
            flushWork.Wait();
            flushWork.Reset();
            if (Interlocked.Exchange(ref flusher, null) is { } next) next.Run();
            else if (ingestDone) return;
        }
    }

    internal TableStatus Status()
    {
        var current = session;
        var (shown, detail) = state[0];
        var kafka = current?.Connection;
        if (shown == TableState.Running && current?.Flusher.Trouble is { } trouble) (shown, detail) = (TableState.Waiting, trouble);
        else if (shown is TableState.Running or TableState.Starting && kafka is { State: not KafkaConnectionState.Up, LastError: { } lost }) (shown, detail) = (TableState.Waiting, $"Kafka is away: {lost}");
        return new()
        {
            Name = options.Name,
            State = shown,
            Detail = detail,
            KafkaState = kafka?.State.ToString() ?? "",
            Partitions = [.. (current?.Sources ?? []).Where(s => s.Assigned).Select(s => new PartitionStatus(s.Topic, s.Partition, s.NextOffset, s.CommittedOffset, s.HighWatermark))],
            Records = Volatile.Read(ref Counters.Records),
            RecordBytes = Volatile.Read(ref Counters.RecordBytes),
            Rows = Volatile.Read(ref Counters.Rows),
            RowsCommitted = Volatile.Read(ref Counters.RowsCommitted),
            DeadLetters = Counters.DeadLetters,
            RingBytes = current?.RingBytesInUse ?? 0,
            RingBudgetBytes = current?.RingBudgetBytes ?? memory.RingBytes,
            Backpressure = current?.Backpressure ?? false,
            Commits = Volatile.Read(ref Counters.Commits),
            CommitRetries = Volatile.Read(ref Counters.CommitRetries),
            DataFiles = Volatile.Read(ref Counters.DataFiles),
            DataFileBytes = Volatile.Read(ref Counters.DataFileBytes),
            SnapshotId = Volatile.Read(ref Counters.SnapshotId),
            LastCommitUnixMs = Volatile.Read(ref Counters.LastCommitUnixMs),
            LastFlushMs = Volatile.Read(ref Counters.LastFlushMs),
            LastCommitMs = Volatile.Read(ref Counters.LastCommitMs),
            OldestPendingUnixMs = current?.OldestPendingUnixMs ?? 0,
            LastError = LastError,
        };
    }

    /// <summary>Runs one session to its end. Null when it ended by a stop.</summary>
    private EngineException? RunSession()
    {
        try
        {
            SetState(TableState.Starting);
            var store = stores.Open(options, memory);
            using var current = new TableSession(this, store);
            session = current;
            flusher = current.Flusher;
            flushWork.Set();
            current.Run();
            return null;
        }
        catch (EngineException e)
        {
            return e;
        }
        finally
        {
            session = null;
        }
    }
}
