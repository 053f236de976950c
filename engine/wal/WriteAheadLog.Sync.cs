using System.Diagnostics;
using K2I.Base;

namespace K2I.Wal;

/// <summary>The sync worker's side: everything that may wait for the disk.</summary>
public sealed partial class WriteAheadLog
{
    // Written by the sync worker; read by any thread.
    private readonly LatencyHistogram groupLatency = new();
    private readonly LatencyHistogram syncLatency = new();
    private LogPosition synced;
    private long syncedBytes;

    // Set by who waits; read by the sync worker.
    private volatile bool urgent;

    /// <summary>
    /// One step of the sync worker: waits up to <paramref name="waitMs"/> for something to do, lets a group form, syncs it, and keeps a file ready for when this one is full.
    /// True if anything was done.
    /// </summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Fatal"/>: a sync failed, now or before. Stop: what was appended after <see cref="SyncedPosition"/> may be lost.</exception>
    public bool SyncStep(int waitMs)
    {
        ThrowIfFailed();
        work.Reset();
        var fileDue = FileDueInMs();
        if (!HasUnsynced && fileDue > 0) work.Wait(Math.Min(waitMs, fileDue));
        // Making a piece of a file takes as long as a group needs to form.
        var did = KeepFileReady();
        if (!HasUnsynced) return did;
        if (!did) FormGroup();
        SyncGroup();
        return true;
    }

    /// <summary>Waits until everything below <paramref name="position"/> is on disk; false after <paramref name="timeoutMs"/>. The sync worker must be running, in another thread.</summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Fatal"/>: a sync failed.</exception>
    public bool WaitSynced(LogPosition position, long timeoutMs)
    {
        const long lostWakeMs = 10;
        var deadline = clock.MonotonicMs + timeoutMs;
        while (SyncedPosition < position)
        {
            ThrowIfFailed();
            var left = deadline - clock.MonotonicMs;
            if (left <= 0) return false;
            urgent = true;
            groupFull.Set();
            work.Set();
            syncedMore.Reset();
            // Another waiter may take the signal away: look again soon.
            if (SyncedPosition < position) syncedMore.Wait(Math.Min(left, lostWakeMs));
        }
        return true;
    }

    private bool HasUnsynced => AppendedPosition > synced && Volatile.Read(ref groupStart) != 0;

    private long FileDueInMs()
    {
        lock (gate)
        {
            if (next is not null) return long.MaxValue;
        }
        return stock.DueInMs;
    }

    private void FormGroup()
    {
        groupFull.Reset();
        if (!urgent && AppendedPosition - synced < options.GroupBytes && options.GroupMs > 0) groupFull.Wait(options.GroupMs);
        urgent = false;
    }

    private void SyncGroup()
    {
        LogFile? file;
        int to;
        LogPosition until;
        long started;
        LogFile[] full;
        lock (gate)
        {
            (file, to, until, started) = (current, at, appended, groupStart);
            full = [.. rolled];
            rolled.Clear();
            groupStart = 0;
        }
        if (file is null || (full.Length == 0 && to <= file.SyncedTo)) return;
        KillPoint.Hit("wal.before-sync");
        var begun = Stopwatch.GetTimestamp();
        try
        {
            foreach (var each in full) each.Sync(each.UsedTo);
            file.Sync(to);
        }
        catch (EngineException error)
        {
            throw Fail(error);
        }
        syncLatency.AddSince(begun);
        if (started != 0) groupLatency.AddSince(started);
        Volatile.Write(ref syncedBytes, syncedBytes + (until - synced));
        LogPosition.Write(ref synced, until);
        syncedMore.Set();
        KillPoint.Hit("wal.synced");
        foreach (var each in full) stock.Retire(each);
    }

    private bool KeepFileReady()
    {
        FileHeader header;
        lock (gate)
        {
            if (next is not null) return false;
            header = HeaderOfNext();
        }
        if (stock.DueInMs > 0) return false;
        LogFile? made;
        try
        {
            made = stock.TryNext(header, ReusableBelow(LogPosition.Min(TruncatedPosition, synced)));
        }
        catch (EngineException error)
        {
            throw Fail(error);
        }
        if (made is null) return stock.Busy;
        lock (gate)
        {
            next = made;
            if (current is null) TryRoll();
        }
        return true;
    }

    /// <summary>The header of the file after <see cref="current"/>, or of the first of this opening, which names the end of what was found.</summary>
    private FileHeader HeaderOfNext()
    {
        var first = current is null;
        var start = first ? firstStart : current!.Start + current.Bytes;
        var onDisk = first ? scan.EndPosition : synced;
        return new()
        {
            Generation = generation,
            StartPosition = start,
            PreviousEnd = first ? scan.EndPosition : start,
            SyncedPosition = onDisk,
            TruncatedPosition = LogPosition.Min(truncated, onDisk),
        };
    }

    private EngineException Fail(EngineException error)
    {
        var fatal = new EngineException(ErrorKind.Fatal, $"the log in {directory} is over: {error.Message}", error);
        failure = fatal;
        log.Error("writing the log failed: nothing more is written to it", ("directory", directory), ("reason", error.Message));
        syncedMore.Set();
        return fatal;
    }
}
