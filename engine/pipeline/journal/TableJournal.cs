using K2I.Base;
using K2I.Decode;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// A table's side of the write-ahead log during one session: records staged into frames, state entries, and what the log held at the start.
/// </summary>
/// <remarks>
/// Ingest thread: staging and replay. Any thread: entries, truncation. Sync thread: <see cref="RunSync"/>. The log is never the only copy of a record: Kafka has it
/// until the table does. So nothing waits for a sync but acks, and what is said before a commit is tried or its files are removed; and a log that is lost or damaged costs a refetch.
/// </remarks>
internal sealed class TableJournal : IDisposable
{
    /// <summary>Room that records leave to state entries when no further log file can be had: a commit must be able to say that it starts.</summary>
    private const int MostReservedBytes = 64 << 10;

    private const int SyncWaitMs = 50;

    /// <summary>One table has the log to itself.</summary>
    private const ulong Stream = 0;

    private const int LeftForCommit = 4 << 10;

    /// <summary>Log files that sessions which never commit may leave behind, one each; and files kept for reuse, as making one means writing it twice.</summary>
    private const int MostFiles = 16;

    private readonly WriteAheadLog wal;
    private readonly RecordFrameWriter staged;
    private readonly int reservedBytes;
    private readonly bool keepsRecords;
    private readonly ILog log;
    private readonly string table;
    private readonly IClock clock;
    private readonly ILatch ended;
    private readonly ILatch finished;
    private byte[]? session;
    private int syncing;
    /// <summary>The frame being replayed.</summary>
    private LogPosition? replayPosition;

    private TableJournal(WriteAheadLog wal, EngineOptions engine, string table, ILog log, IClock clock)
    {
        (this.wal, this.table, this.log, this.clock) = (wal, table, log, clock);
        staged = new(wal.MaxPayloadBytes);
        reservedBytes = Math.Min(MostReservedBytes, wal.MaxPayloadBytes / 8);
        keepsRecords = engine.WalMode == WalMode.Records;
        (ended, finished) = (clock.CreateLatch(), clock.CreateLatch());
    }

    internal static string DirectoryOf(string dataDirectory, string table) => Path.Combine(dataDirectory, "wal", table);

    /// <summary>Opens the log and looks at what it holds. What is damaged was told and given up.</summary>
    internal static TableJournal Open(EngineServices services, EngineOptions engine, string table, ILog log)
    {
        var options = new WalOptions { MaxBytes = Math.Max(MostFiles * engine.WalFileBytes, 4 * engine.MemoryBytes), FileBytes = (int)engine.WalFileBytes, MaxSpareFiles = MostFiles, Random = services.Random, GroupMs = (int)engine.WalGroupMs };
        var journal = new TableJournal(WriteAheadLog.Open(services.Files, DirectoryOf(engine.DataDirectory, table), options, log, services.Clock), engine, table, log, services.Clock);
        try
        {
            journal.LookThrough();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>What the log held when it was opened.</summary>
    internal LogContents Contents { get; private set; } = new();

    /// <summary>Records are kept; otherwise state entries alone.</summary>
    internal bool KeepsRecords => keepsRecords;

    internal LogPosition AppendedPosition => wal.AppendedPosition;

    internal LogPosition SyncedPosition => wal.SyncedPosition;

    /// <summary>Why no more records can be appended at the moment; null when all is well.</summary>
    internal string? Trouble => wal.Trouble is { Length: > 0 } trouble ? $"the log has no room: {trouble}" : null;

    /// <summary>99 of 100 groups were on disk within so many microseconds of their first append.</summary>
    internal long SyncP99Us => (long)wal.Statistics().GroupLatency.Quantile(0.99);

    internal long Bytes => wal.AppendedPosition - wal.TruncatedPosition;

    /// <summary>Everything staged from now on lies at or behind this position. Ingest thread.</summary>
    internal LogPosition SafePosition => replayPosition ?? wal.AppendedPosition;

    /// <summary>No record can be staged until the log has room again. Ingest thread.</summary>
    internal bool IsBlocked(in RecordInput record, Source source) => keepsRecords && !staged.Fits(in record, source) && !Append();

    /// <summary>Stages a record that became a row or a dead letter; <paramref name="from"/> is where its partition stood before.</summary>
    internal void Stage(in RecordInput record, Source source, Offset from)
    {
        if (!keepsRecords || replayPosition is not null) return;
        // One that no frame can hold is left out: the run ends before it, and Kafka has it.
        if (staged.CanHold(in record, source)) staged.Add(in record, source, from);
        else staged.End();
    }

    /// <summary>As <see cref="IsBlocked(in RecordInput, Source)"/>, for the end of a partition.</summary>
    internal bool IsBlocked(Source source) => keepsRecords && !staged.FitsEnd(source) && !Append();

    /// <summary>Stages that a partition holds no further record below <paramref name="next"/>.</summary>
    internal void StageEnd(Source source, Offset from, Offset next)
    {
        if (keepsRecords && replayPosition is null) staged.AddEnd(source, from, next);
    }

    /// <summary>Appends what is staged; false while the log has no room for it. Ingest thread.</summary>
    internal bool Append()
    {
        if (staged.IsEmpty) return true;
        if (!wal.HasRoom(staged.Bytes.Length + reservedBytes) || !TryAppend(LogEntryKind.Records, staged.Bytes)) return false;
        staged.Clear();
        return true;
    }

    /// <summary>What is to be said of the session before anything else of it is appended; a session that appends nothing leaves no trace. Ingest thread.</summary>
    internal void Begin(LogEntry entry) => Volatile.Write(ref session, entry.ToJson(clock));

    /// <summary>Appends a state entry. False if there is no room: whoever reads the log must not take its absence for a sign. Any thread.</summary>
    internal bool Write(LogEntry entry) => Write(entry, entry.ToJson(clock));

    private bool Write(LogEntry entry, byte[] json)
    {
        if (TryAppend(entry.Kind, json)) return true;
        log.Warn("an entry does not fit the log", ("table", table), ("type", LogEntry.NameOf(entry.Kind)), ("reason", wal.Trouble));
        return false;
    }

    /// <summary>As <see cref="Write(LogEntry)"/>, but leaves room for a <see cref="LogEntryKind.CommitStarted"/> to come. Any thread.</summary>
    internal bool WriteIfRoom(LogEntry entry)
    {
        var json = entry.ToJson(clock);
        return wal.RoomBytes >= json.Length + LeftForCommit && Write(entry, json);
    }

    /// <summary>Appends a state entry and waits until it is on disk. Throws Full where there is no room. Any thread but the sync thread.</summary>
    internal void WriteSynced(LogEntry entry)
    {
        if (!TryAppend(entry.Kind, entry.ToJson(clock))) throw new EngineException(ErrorKind.Full, $"table {table}: {Trouble ?? "the log has no room at the moment"}");
        while (!wal.WaitSynced(wal.AppendedPosition, SyncWaitMs))
            if (ended.IsSet) throw new EngineException(ErrorKind.Unavailable, $"table {table}: the session ended while the log was being synced");
    }

    private bool TryAppend(LogEntryKind kind, ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref session) is { } first && Interlocked.CompareExchange(ref session, null, first) == first && !wal.TryAppend((byte)LogEntryKind.SessionStarted, Stream, first, out _))
        {
            Volatile.Write(ref session, first);
            return false;
        }
        return wal.TryAppend((byte)kind, Stream, payload, out _);
    }

    internal void Truncate(LogPosition position) => wal.Truncate(position);

    /// <summary>Reads the log from <paramref name="position"/> on; frames appended by this session are not among them. Ingest thread.</summary>
    internal void Replay(LogPosition position, IFrameHandler handler)
    {
        Check.That(staged.IsEmpty);
        try
        {
            wal.Replay(position, new Follower(this, handler));
        }
        finally
        {
            replayPosition = null;
        }
    }

    /// <summary>Syncs what is appended, group by group, until the session ends. The sync worker calls it once. Throws Fatal after a failed sync.</summary>
    internal void RunSync()
    {
        if (Interlocked.CompareExchange(ref syncing, 1, 0) != 0) return;
        try
        {
            while (!ended.IsSet) wal.SyncStep(SyncWaitMs);
        }
        finally
        {
            finished.Set();
        }
    }

    /// <summary>Ends the sync worker's part, syncs the rest and closes the log.</summary>
    public void Dispose()
    {
        ended.Set();
        if (Interlocked.CompareExchange(ref syncing, 2, 0) != 0) finished.Wait();
        wal.Dispose();
    }

    /// <summary>Removes a table's log: it belongs to another table of the same name.</summary>
    internal static void Discard(EngineServices services, EngineOptions engine, string table)
    {
        var directory = DirectoryOf(engine.DataDirectory, table);
        try
        {
            foreach (var file in services.Files.ListFiles(directory)) services.Files.Delete(Path.Combine(directory, file));
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            // There is none.
        }
    }

    private void LookThrough()
    {
        var contents = new LogContents();
        try
        {
            wal.Replay(default, contents);
            Contents = contents;
            // Each opening begins a file: sessions that end without a flush must not fill the disk with files that hold nothing of use.
            if (contents.IsSettled) wal.Truncate(wal.AppendedPosition);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            log.Error("the log says what it cannot mean; it is given up and its rows are fetched again", ("table", table), ("error", error.Message));
        }
    }

    /// <summary>Keeps track of the frame being replayed: the log must not be truncated past it.</summary>
    private sealed class Follower(TableJournal journal, IFrameHandler handler) : IFrameHandler
    {
        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            journal.replayPosition = position;
            return handler.OnFrame(kind, stream, position, payload);
        }
    }
}
