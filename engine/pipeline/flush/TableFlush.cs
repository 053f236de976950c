using System.Globalization;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// A flush of a table: sealed segments of all lanes → data files → an Iceberg commit with the offsets inside → release. It goes in steps,
/// each tried again for as long as the run lasts where what stops it passes (catalog, store or disk away, a lost race); in between its
/// worker serves other tables. What does not pass is thrown, and ends the run. Whoever works for the table. Owner of the segments.
/// </summary>
/// <remarks>
/// <code>
///   topics checked → begun (logged) → files written → letters kept → files logged, commit announced (synced) → committed → released
/// </code>
/// </remarks>
internal sealed class TableFlush
{
    private const int FirstWaitMs = 200, LongestWaitMs = 30_000;

    private readonly TableRun run;
    private readonly TableHandle table;
    private readonly TableStore store;
    private readonly StartDecider starts;
    private readonly IReadOnlyList<Sealed> segments;
    private readonly List<OffsetRange> ranges;
    private readonly TableJournal journal;
    private readonly EncodeSlots slots;
    private readonly FlushContext context;
    private readonly long rows;
    private readonly long beganMs;
    private Func<bool> step;
    private string what = "";
    private long waitMs = FirstWaitMs;
    private long writtenMs;
    private volatile Flush? flush;
    private DataFileWriter? writer;
    private IReadOnlyList<WrittenFile> files = [];
    private bool isLogged;
    private bool isAnnounced;
    private bool isDone;

    internal TableFlush(TableRun run, StartDecider starts, IReadOnlyList<Sealed> segments, FlushContext context)
    {
        (this.run, this.starts, this.segments, this.context) = (run, starts, segments, context);
        (table, store, slots) = (run.Table, run.Store, context.Slots);
        ranges = Sealed.Merge(segments);
        // Its entries stand in the log of one lane, whose rows it holds.
        journal = segments[0].Part.Journal;
        rows = segments.Sum(s => (long)s.Rows);
        OldestUnixMs = segments.Select(s => s.FirstFetchedUnixMs).Where(ms => ms != 0).DefaultIfEmpty(0).Min();
        beganMs = context.Clock.MonotonicMs;
        step = CheckTopics;
    }

    /// <summary>It stands in the names of the files; null until one may be written. Any thread.</summary>
    internal string? Id => flush?.Id;

    /// <summary>When the oldest row of it was fetched; 0 for none. Any thread.</summary>
    internal long OldestUnixMs { get; }

    /// <summary>What is being tried again; null when all is well. Any thread may read.</summary>
    internal string? Trouble { get; private set; }

    /// <summary>When the next step is due, in monotonic milliseconds; 0: now.</summary>
    internal long DueMs { get; private set; }

    /// <summary>Nothing can be done until the table is woken: it waits for a slot to encode in, or for the end of its run.</summary>
    internal bool IsHeldUp { get; private set; }

    /// <summary>Since when the same step has failed, in monotonic milliseconds; 0 while all is well.</summary>
    internal long TroubleSinceMs { get; private set; }

    /// <summary>Takes the next step; true once the rows are in the table.</summary>
    internal bool Step()
    {
        try
        {
            IsHeldUp = !step();
            (Trouble, TroubleSinceMs, waitMs, DueMs) = (null, 0, FirstWaitMs, 0);
            return isDone;
        }
        catch (EngineException e) when (e.Retryable || e.Kind == ErrorKind.Unknown)
        {
            Trouble = string.Create(CultureInfo.InvariantCulture, $"cannot {what}: {e.Message}");
            if (TroubleSinceMs == 0) TroubleSinceMs = context.Clock.MonotonicMs;
            IsHeldUp = false;
            table.LastError = Trouble;
            table.Flushes.FlushRetries++;
            context.Log.Warn("flush waits", ("table", table.Name), ("step", what), ("error", e.Message), ("retry_ms", waitMs));
            DueMs = context.Clock.MonotonicMs + waitMs;
            waitMs = Math.Min(waitMs * 2, LongestWaitMs);
            return false;
        }
    }

    /// <summary>
    /// The run is over before it was done: segments are given back. A commit that may have landed is kept in mind by the table; files of
    /// one that was never tried are removed, or, at a stop, left for the next start, which writes them again under the same names.
    /// </summary>
    internal void GiveUp(bool isStop = false)
    {
        if (isDone) return;
        isDone = true;
        slots.GiveUp(table);
        foreach (var segment in segments) segment.Release(isFlushed: false);
        if (flush is null) return;
        if (isAnnounced)
        {
            table.CutShort = new(flush.Id, flush.Epoch, [.. ranges.Select(LoggedFlush.Range.Of)]) { FilesToCommit = files.Count };
            table.CutShort.Files.AddRange(Logged());
        }
        else if (!isStop && isLogged) Abandon("its run ended before its commit");
    }

    private bool CheckTopics()
    {
        what = "ask Kafka for the topics";
        // Asked after the last of these records was fetched: they are of the topics that the table knows.
        starts.CheckLives(ranges.Select(r => r.Source));
        step = Begin;
        return true;
    }

    private bool Begin()
    {
        // The same name only for the very same rows: two flushes of one name would be taken for one.
        var cutShort = segments[0].Redo;
        var redo = cutShort is not null && cutShort.Covers(ranges) ? cutShort : null;
        flush = New(redo);
        // A log without room knows nothing of the flush, so it cannot be done again under its name: then no more is said of it.
        isLogged = journal.Write(LogEntry.BufferSnapshot.Of(flush, rows));
        if (!isLogged && redo is not null) flush = New(null);
        if (cutShort is not null && redo is null)
            context.Log.Info("a flush cut short cannot be made again as it was; its rows are flushed anew", ("table", table.Name),
                ("flush", cutShort.Id));
        writer = new DataFileWriter(store, table.Options, flush);
        KillPoint.Hit("flush.started");
        step = WriteFiles;
        return true;

        Flush New(LoggedFlush? again) =>
            new(again?.Id ?? context.Random.NewTimeGuid(context.Clock.UnixMs).ToString(), again?.Epoch ?? store.Epoch, ranges);
    }

    private bool WriteFiles()
    {
        what = "write data files";
        if (!slots.TryEnter(table)) return false;
        try
        {
            files = writer!.Write([.. segments.Select(s => s.Segment)]);
        }
        finally
        {
            slots.Leave();
        }
        writtenMs = context.Clock.MonotonicMs;
        KillPoint.Hit("flush.files-written");
        step = KeepLetters;
        return true;
    }

    private bool KeepLetters()
    {
        what = "keep dead letters";
        run.Letters.Keep(flush!.Id, flush.Epoch, [.. segments.Select(s => s.Letters).OfType<LetterBuffer>().Where(l => l.Count > 0)],
            ranges);
        KillPoint.Hit("flush.letters-kept");
        if (isLogged)
        {
            foreach (var file in Logged()) journal.WriteIfRoom(file);
            KillPoint.Hit("flush.files-logged");
        }
        step = Announce;
        return true;
    }

    private bool Announce()
    {
        what = "log the commit";
        if (isLogged) journal.WriteSynced(new LogEntry.CommitStarted(flush!.Id, files.Count));
        isAnnounced = true;
        KillPoint.Hit("flush.before-commit");
        step = Commit;
        return true;
    }

    private bool Commit()
    {
        what = "commit";
        CommitResult result;
        try
        {
            result = store.Commit(flush!, [.. files.Select(f => f.File)]);
        }
        catch (EngineException stop)
            when (PauseReasons.Of(stop) is PauseReason.TableMissing or PauseReason.TableReplaced or PauseReason.TopicRecreated)
        {
            Abandon(stop.Message);
            throw;
        }
        KillPoint.Hit("flush.after-commit");
        if (result.Status == CommitStatus.Aborted)
        {
            Abandon(result.Reason ?? "");
            run.Fail(new EngineException(ErrorKind.Unavailable,
                $"nothing was committed and the table is read again from where it stands: {result.Reason}"));
            step = () => false;
            return true;
        }
        Land(store.SnapshotOf(flush!));
        return true;
    }

    private void Land(Snapshot? snapshot)
    {
        var now = context.Clock.MonotonicMs;
        isDone = true;
        foreach (var entry in LogEntry.Landed(flush!, snapshot, segments[0].Pin.Position)) journal.Write(entry);
        KillPoint.Hit("flush.logged");
        foreach (var range in ranges) range.Source.CommittedOffset = range.Next;
        table.OnLanded(run, segments, ranges);
        foreach (var segment in segments) segment.Release(isFlushed: true);
        run.OnLanded();
        KillPoint.Hit("flush.released");
        var counters = table.Flushes;
        counters.CountCommit([.. files.Select(f => f.File)], snapshot?.SnapshotId, context.Clock.UnixMs);
        (counters.LastFlushMs, counters.LastCommitMs) = (writtenMs - beganMs, now - writtenMs);
        context.Log.Info("committed", ("table", table.Name), ("rows", rows), ("files", files.Count),
            ("bytes", files.Sum(f => f.File.FileSizeBytes)), ("snapshot", snapshot?.SnapshotId.Value ?? 0),
            ("write_ms", counters.LastFlushMs), ("commit_ms", counters.LastCommitMs));
        KillPoint.Hit("flush.done");
    }

    private IReadOnlyList<LogEntry.DataFileWritten> Logged() =>
        [.. files.Select(f =>
            new LogEntry.DataFileWritten(flush!.Id, f.File.FilePath, f.File.RecordCount, f.File.FileSizeBytes, f.Sha256, f.File.SpecId,
            store.DescriptionOf(f.File)))];

    /// <summary>
    /// Removes the files of a flush that can never be committed. Files that a snapshot may refer to, now or later, stay; and none goes
    /// before the log knows: a later start must not find and commit it. Where the log cannot be told they stay too. Never throws for it:
    /// why the flush was given up is what the caller has to say.
    /// </summary>
    private void Abandon(string why)
    {
        isAnnounced = false;
        if (flush!.MayHaveLanded) return;
        try
        {
            journal.WriteSynced(new LogEntry.FlushAbandoned(flush.Id, why));
        }
        catch (EngineException error)
        {
            context.Log.Warn("the files of a failed commit stay: the log cannot be told", ("table", table.Name), ("flush", flush.Id),
                ("files", files.Count), ("error", error.Message));
            return;
        }
        isLogged = false;
        writer!.Delete(files);
        journal.Write(new LogEntry.MaintenanceTask("remove files of a failed commit", files.Count, $"flush {flush.Id}"));
    }
}
