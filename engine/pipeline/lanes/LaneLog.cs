using System.Globalization;
using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// A lane's write-ahead log: frames of all the tables that the lane feeds, each in the stream of its table. Owner.
/// </summary>
/// <remarks>
/// Any thread appends and pins; the lane's thread truncates; one sync worker calls <see cref="RunSync"/>. The log is never the only copy of
/// a record: Kafka has it until the table
/// does. So nothing waits for a sync but acks, and what is said before a commit is tried or its files are removed; and a log that is lost
/// or damaged costs a refetch.
/// </remarks>
internal sealed class LaneLog : IDisposable
{
    private const int SyncWaitMs = 50;

    /// <summary>
    /// Room that records leave to state entries when no further log file can be had: a commit must be able to say that it starts.
    /// </summary>
    private const int MostReservedBytes = 64 << 10;

    /// <summary>Files kept for reuse, as making one means writing it twice.</summary>
    private const int MostSpareFiles = 16;

    /// <summary>The log allows no smaller files.</summary>
    private const int LeastFileBytes = 64 << 10;

    private readonly WriteAheadLog wal;
    private readonly int reservedBytes;
    private readonly ILatch ended;
    private readonly ILatch finished;
    private readonly string directory;
    private readonly EngineServices services;
    private LogPin? foundPin;
    private int syncing;

    private LaneLog(WriteAheadLog wal, string directory, bool keepsRecords, EngineServices services)
    {
        (this.wal, this.directory, this.services, KeepsRecords) = (wal, directory, services, keepsRecords);
        reservedBytes = Math.Min(MostReservedBytes, wal.MaxPayloadBytes / 8);
        (ended, finished) = (services.Clock.CreateLatch(), services.Clock.CreateLatch());
    }

    /// <summary>Where the logs of all lanes lie.</summary>
    internal static string RootOf(string dataDirectory) => Path.Combine(dataDirectory, "wal");

    internal static string NameOf(int lane) => string.Create(CultureInfo.InvariantCulture, $"lane-{lane}");

    /// <summary>Opens the log of a lane. What it found is pinned until <see cref="ForgetFound"/>.</summary>
    internal static LaneLog Open(EngineServices services, EngineOptions engine, string name, bool isInUse, ILog log)
    {
        var directory = Path.Combine(RootOf(engine.DataDirectory), name);
        var options = new WalOptions
        {
            MaxBytes = Math.Max(4 * engine.WalFileBytes, engine.WalMaxBytes / engine.Lanes),
            // One that is read and given up needs no room to speak of.
            FileBytes = isInUse ? (int)engine.WalFileBytes : LeastFileBytes,
            MaxSpareFiles = isInUse ? MostSpareFiles : 0,
            Random = services.Random,
            GroupMs = (int)engine.WalGroupMs,
        };
        var opened =
            new LaneLog(WriteAheadLog.Open(services.Files, directory, options, log, services.Clock), directory,
            engine.WalMode == WalMode.Records, services);
        opened.foundPin = opened.Pins.Add(default, null);
        return opened;
    }

    internal LogPins Pins { get; } = new();

    /// <summary>Records are kept; otherwise state entries alone.</summary>
    internal bool KeepsRecords { get; }

    internal int MaxPayloadBytes => wal.MaxPayloadBytes;

    internal LogPosition AppendedPosition => wal.AppendedPosition;

    internal LogPosition SyncedPosition => wal.SyncedPosition;

    /// <summary>Why no more can be appended at the moment; null when all is well.</summary>
    internal string? Trouble => wal.Trouble is { Length: > 0 } trouble ? $"the log has no room: {trouble}" : null;

    /// <summary>99 of 100 groups were on disk within so many microseconds of their first append.</summary>
    internal long SyncP99Us => (long)wal.Statistics().GroupLatency.Quantile(0.99);

    /// <summary>Bytes that a recovery would read.</summary>
    internal long Bytes => wal.AppendedPosition - wal.TruncatedPosition;

    internal long DiskBytes => wal.Statistics().DiskBytes;

    internal long RoomBytes => wal.RoomBytes;

    /// <summary>The room that a frame of records may take now.</summary>
    internal bool HasRoomForRecords(int bytes) => wal.HasRoom(bytes + reservedBytes);

    /// <summary>Everything appended from now on is kept until the pin is released.</summary>
    internal LogPin Pin(TableRun? owner) => Pins.Add(wal.AppendedPosition, owner);

    internal bool TryAppend(LogEntryKind kind, ulong stream, ReadOnlySpan<byte> payload) =>
        wal.TryAppend((byte)kind, stream, payload, out _);

    /// <summary>
    /// Waits until what is appended is on disk. Throws Unavailable where the log is let go of meanwhile. Any thread but the sync worker's.
    /// </summary>
    internal void WaitSynced()
    {
        var position = wal.AppendedPosition;
        while (!wal.WaitSynced(position, SyncWaitMs))
            if (ended.IsSet || CallScope.HasEnded)
                throw new EngineException(ErrorKind.Unavailable, "the table was let go of while the log was being synced");
    }

    /// <summary>Lets go of what no table needs any more.</summary>
    internal void Truncate() =>
        wal.Truncate(Pins.Oldest?.Position is { } position ? LogPosition.Min(position, wal.AppendedPosition) : wal.AppendedPosition);

    /// <summary>Reads what was found, once, oldest first.</summary>
    internal void ReadFound(IFrameHandler handler) => wal.Replay(default, handler);

    /// <summary>For reading single frames of what was found, as long as pins keep them. One thread; dispose of it.</summary>
    internal FoundFrames OpenFound() => wal.OpenFound();

    /// <summary>Nothing of what was found is needed any more, but for what other pins keep.</summary>
    internal void ForgetFound()
    {
        foundPin?.Release();
        foundPin = null;
    }

    /// <summary>
    /// Syncs what is appended, group by group, until the log is disposed of. The sync worker calls it once. Throws Fatal after a failed
    /// sync.
    /// </summary>
    /// <param name="afterStep">Done after each group, and now and then while there is none.</param>
    internal void RunSync(Action? afterStep)
    {
        if (Interlocked.CompareExchange(ref syncing, 1, 0) != 0) return;
        try
        {
            while (!ended.IsSet)
            {
                wal.SyncStep(SyncWaitMs);
                afterStep?.Invoke();
            }
        }
        finally
        {
            finished.Set();
        }
    }

    /// <summary>Nobody appends any more: the sync worker ends.</summary>
    internal void End() => ended.Set();

    /// <summary>Removes the files of a log that is disposed of: a lane that is no more.</summary>
    internal void Delete()
    {
        try
        {
            foreach (var file in services.Files.ListFiles(directory)) services.Files.Delete(Path.Combine(directory, file));
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            // There is none.
        }
    }

    /// <summary>Ends the sync worker's part, syncs the rest and closes the log.</summary>
    public void Dispose()
    {
        ended.Set();
        if (Interlocked.CompareExchange(ref syncing, 2, 0) != 0) finished.Wait();
        wal.Dispose();
    }
}
