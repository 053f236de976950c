using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>
/// Owner of a log: payloads appended to files that are overwritten in place, synced in groups, replayed after a restart, truncated when they are needed no more. <see cref="WalFormat"/> has the layout.
/// <code>
///   truncated ─────────► synced ─────────► appended ─────────► room of this file and the next
///   files below: reused    on disk           in memory
/// </code>
/// </summary>
/// <remarks>
/// <para>Threads. Appenders (any thread, one short lock, never a wait): <see cref="TryAppend"/>, <see cref="HasRoom"/>. Sync worker (one thread):
/// <see cref="SyncStep"/>; it owns files, syncs and everything else that may wait for the disk. Any thread: positions, <see cref="Truncate"/>,
/// <see cref="WaitSynced"/>, <see cref="Statistics"/>, <see cref="Replay"/>, <see cref="OpenFound"/>. The owner: <see cref="Open"/>, and
/// <see cref="Dispose"/> once all others
/// have stopped using it.</para>
/// <para>One process at a time: the caller holds a lock over the directory (<see cref="IFileSystem.Lock"/>).</para>
/// <para>Errors. No space: <see cref="TryAppend"/> is false and <see cref="Trouble"/> says why, until there is. A failed write or sync: the log is over; it is not tried again,
/// and every call throws <see cref="ErrorKind.Fatal"/> from then on.</para>
/// </remarks>
public sealed partial class WriteAheadLog : IDisposable
{
    private readonly IFileSystem files;
    private readonly string directory;
    private readonly WalOptions options;
    private readonly ILog log;
    private readonly IClock clock;
    private readonly LogScan scan;
    private readonly LogStock stock;
    private readonly uint generation;
    private readonly LogPosition firstStart;
    private readonly ILatch work;
    private readonly ILatch groupFull;
    private readonly ILatch syncedMore;
    private volatile EngineException? failure;
    private bool disposed;

    private WriteAheadLog(IFileSystem files, string directory, WalOptions options, ILog log, IClock clock, LogScan scan)
    {
        this.files = files;
        this.directory = directory;
        this.options = options;
        this.log = log;
        this.clock = clock;
        this.scan = scan;
        work = clock.CreateLatch();
        groupFull = clock.CreateLatch();
        syncedMore = clock.CreateLatch();
        stock = new(files, directory, options, log, clock);
        generation = scan.Generation + 1;
        firstStart = scan.NextStart;
        appended = synced = firstStart + WalFormat.FramesOffset;
        truncated = scan.Recovery.FirstPosition;
    }

    /// <summary>What was found; it can be replayed.</summary>
    public WalRecovery Recovery => scan.Recovery;

    /// <summary>The longest payload.</summary>
    public int MaxPayloadBytes => options.FileBytes - WalFormat.FramesOffset - FrameHeader.Bytes;

    /// <summary>Where the next frame goes, or before.</summary>
    public LogPosition AppendedPosition => LogPosition.Read(in appended);

    /// <summary>Everything below is on disk.</summary>
    public LogPosition SyncedPosition => LogPosition.Read(in synced);

    /// <summary>Everything below is needed no more.</summary>
    public LogPosition TruncatedPosition => LogPosition.Read(in truncated);

    /// <summary>Why there is no room ahead; empty when nothing is wrong.</summary>
    public string Trouble => failure?.Message ?? (writeTrouble.Length > 0 ? writeTrouble : stock.Trouble);

    /// <summary>
    /// Opens the log of a directory, which is created if need be: reads what is there, makes sure that all of it is on disk, and starts a file of a new generation after it.
    /// </summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Unsupported"/>: of another release; <see cref="ErrorKind.Fatal"/>: cannot be
    /// synced; others from the file system. A full disk is no error: the log opens without room.</exception>
    public static WriteAheadLog Open(IFileSystem files, string directory, WalOptions options, ILog log, IClock clock)
    {
        Check.That(options.FileBytes is >= WalFormat.MinFileBytes and <= WalFormat.MaxFileBytes && options.FileBytes % NativeBuffer.PageBytes == 0);
        Check.That(options is { GroupMs: >= 0, GroupBytes: > 0, MaxUnsyncedBytes: > 0, MaxSpareFiles: >= 0 });
        files.CreateDirectory(directory);
        var scan = LogScan.Run(files, directory);
        if (scan.Found.Find(f => f.State == FileState.Unsupported) is { } other)
            throw new EngineException(ErrorKind.Unsupported,
                $"{other.Path} was written by another release (format version {other.Header.Version}), and this one reads version "
                + $"{WalFormat.Version}: go on with that release, or move the directory away");
        Tell(scan.Recovery, directory, log);
        MakeDurable(scan, files);
        KillPoint.Hit("wal.made-durable");
        var opened = new WriteAheadLog(files, directory, options, log, clock, scan);
        try
        {
            opened.stock.Adopt(scan);
            opened.FirstFile();
            return opened;
        }
        catch
        {
            opened.Abandon();
            throw;
        }
    }

    /// <summary>Says that everything below a position (of a frame, or <see cref="AppendedPosition"/>) is needed no more. Never goes back.</summary>
    public void Truncate(LogPosition position)
    {
        lock (gate)
        {
            Check.That(position <= appended);
            if (position <= truncated) return;
            LogPosition.Write(ref truncated, position);
        }
        KillPoint.Hit("wal.truncated");
        stock.Nudge();
        work.Set();
    }

    /// <summary>What it has done and holds.</summary>
    public WalStatistics Statistics() => new()
    {
        Appends = Volatile.Read(ref appends),
        AppendedBytes = Volatile.Read(ref appendedBytes),
        Syncs = syncLatency.Count,
        SyncedBytes = Volatile.Read(ref syncedBytes),
        Files = stock.Files,
        DiskBytes = stock.HeldBytes,
        GroupLatency = groupLatency,
        SyncLatency = syncLatency,
    };

    /// <summary>Syncs what is appended, marks the log as closed in order and lets go of the files. A sync that fails here is logged: the next opening finds what is there.</summary>
    public void Dispose()
    {
        if (disposed) return;
        if (failure is null)
        {
            try
            {
                SyncGroup();
                if (AppendClosed()) SyncGroup();
                KillPoint.Hit("wal.closed");
            }
            catch (EngineException error)
            {
                log.Error("the log was not closed in order", ("directory", directory), ("reason", error.Message));
            }
        }
        Abandon();
    }

    /// <summary>Lets go of the files as they are, as the end of the process would.</summary>
    internal void Abandon()
    {
        disposed = true;
        stock.Dispose();
        foreach (var file in rolled) file.Dispose();
        current?.Dispose();
        next?.Dispose();
    }

    private static void Tell(WalRecovery found, string directory, ILog log)
    {
        if (found.Damaged) log.Error("log opened: " + found.Text, ("directory", directory), ("outcome", found.Outcome));
        else if (found.Outcome == WalOutcome.TornTail) log.Warn("log opened: " + found.Text, ("directory", directory), ("outcome", found.Outcome));
        else log.Info("log opened: " + found.Text, ("directory", directory));
    }

    /// <summary>
    /// Frames may have been read from the kernel's cache only: the process may have ended before they were synced, or because a sync failed, after which the kernel holds
    /// them for written. So the bytes not known to be on disk are written once more, as they are, and synced, before anyone acts on them.
    /// </summary>
    private static void MakeDurable(LogScan scan, IFileSystem files)
    {
        foreach (var file in scan.Live)
        {
            var end = (int)(LogPosition.Min(file.Limit, scan.EndPosition) - file.NameStart);
            var from = (int)Math.Clamp(scan.SyncedPosition - file.NameStart, 0, end) / NativeBuffer.PageBytes * NativeBuffer.PageBytes;
            if (from == end || scan.SyncedPosition >= LogPosition.Min(file.Limit, scan.EndPosition)) continue;
            using var map = files.Map(file.Path);
            using var writer = files.OpenWriter(file.Path);
            writer.Write(from, map.Bytes[from..end]);
            writer.Sync();
        }
    }

    private void FirstFile()
    {
        next = stock.TryNext(HeaderOfNext(), LogPosition.Min(truncated, scan.EndPosition), opening: true);
        if (next is null && stock.LastError is { Kind: not ErrorKind.Full } error) throw error;
        lock (gate) TryRoll();
    }

    private void ThrowIfFailed()
    {
        Check.That(!disposed);
        if (failure is { } error) throw new EngineException(ErrorKind.Fatal, error.Message, error);
    }
}
