using System.Globalization;
using K2I.Base;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// The flush side of one session: sealed segments → data files → an Iceberg commit with the offsets inside → release → ack. Flush thread, but for
/// <see cref="Signal"/> and <see cref="End"/>.
/// </summary>
/// <remarks>
/// What passes (catalog, store or disk away, a lost race) is retried here for as long as the session lasts, while the ring fills and holds the ingest side
/// back. What does not pass ends the session.
/// </remarks>
internal sealed class TableFlusher(TablePipeline pipeline, TableStore store, SegmentRing ring, RecordSink sink, DeadLetters deadLetters, TableJournal journal)
{
    private const int FirstWaitMs = 200, LongestWaitMs = 30_000, LookMs = 60_000;

    private readonly ILatch ended = pipeline.Clock.CreateLatch();
    private readonly ILatch finished = pipeline.Clock.CreateLatch();
    private volatile EngineException? failure;
    private volatile string? trouble;
    private long oldestUnixMs;
    private long nextLookMs;
    private int serving;

    internal delegate void AckOffsets(ReadOnlySpan<TopicPartitionOffset> nextOffsets);

    internal FlushSignal Signal { get; } = new(pipeline.Clock);

    /// <summary>Tells Kafka what is committed, for lag tools.</summary>
    internal AckOffsets? Ack { get; set; }

    /// <summary>Throws if one of the sources' topics was created again since its records were fetched.</summary>
    internal Action<IEnumerable<Source>>? CheckLives { get; set; }

    /// <summary>Looks which topics are missing.</summary>
    internal Action? LookAtTopics { get; set; }

    /// <summary>The partitions that are read at the moment.</summary>
    internal Func<IEnumerable<Source>>? Sources { get; set; }

    /// <summary>Why this session's flushes came to an end.</summary>
    internal EngineException? Failure => failure;

    /// <summary>What is being retried at the moment; null when all is well.</summary>
    internal string? Trouble => trouble;

    /// <summary>When the oldest row being flushed was fetched; 0 for none.</summary>
    internal long OldestUnixMs => Volatile.Read(ref oldestUnixMs);

    /// <summary>Flushes on request until the session ends. The flush worker calls it once.</summary>
    internal void Run()
    {
        if (Interlocked.CompareExchange(ref serving, 1, 0) != 0) return;
        try
        {
            while (!ended.IsSet)
            {
                if (!Signal.Wait(100, out var ticket))
                {
                    LookAtTable();
                    continue;
                }
                FlushSealed();
                Signal.Done(ticket);
            }
        }
        catch (OperationCanceledException)
        {
            // The session ended while a flush was being retried.
        }
        catch (EngineException e)
        {
            failure = e;
        }
        finally
        {
            finished.Set();
        }
    }

    /// <summary>Ends retries and waits until the flush thread has let go of the ring. Ingest thread.</summary>
    internal void End()
    {
        ended.Set();
        if (Interlocked.CompareExchange(ref serving, 2, 0) != 0) finished.Wait();
    }

    /// <summary>Once a minute without a flush: a table that was turned back, replaced or dropped, and a topic that was created again, are noticed though no record comes.</summary>
    private void LookAtTable()
    {
        var now = pipeline.Clock.MonotonicMs;
        if (pipeline.Topics.IsLookWanted) nextLookMs = Math.Min(nextLookMs, now);
        if (now < nextLookMs || !store.IsOpen) return;
        var first = nextLookMs == 0;
        nextLookMs = now + LookMs;
        if (first) return;
        var turnedBack = false;
        try
        {
            turnedBack = store.WasTurnedBack();
            CheckLives?.Invoke(Sources?.Invoke() ?? []);
            LookAtTopics?.Invoke();
        }
        catch (EngineException error) when (error.Retryable || error.Kind is ErrorKind.Unknown or ErrorKind.Denied)
        {
            pipeline.Log.Debug("the table cannot be looked at", ("table", pipeline.Options.Name), ("error", error.Message));
        }
        if (turnedBack) throw new EngineException(ErrorKind.Unavailable, $"table {store.Ident} was turned back by another engine; starting again from what it holds");
    }

    /// <summary>Flushes what is sealed, oldest first: one flush, but for rows that belong to one which a crash cut short.</summary>
    private void FlushSealed()
    {
        var segments = new List<Segment>();
        while (ring.TryTakeSealed() is { } segment)
        {
            if (segments.Count > 0 && !ReferenceEquals(sink.SourcesOf(segments[0]).Redo, sink.SourcesOf(segment).Redo))
            {
                Flush(segments);
                segments.Clear();
            }
            segments.Add(segment);
        }
        if (segments.Count > 0) Flush(segments);
    }

    private void Flush(List<Segment> segments)
    {
        Volatile.Write(ref oldestUnixMs, segments.Select(s => sink.SourcesOf(s).FirstFetchedUnixMs).FirstOrDefault(ms => ms != 0));
        var ranges = SegmentSources.Merge(segments.Select(sink.SourcesOf));
        // Asked after the last of these records was fetched: they are of the topics that the table knows.
        Retry("ask Kafka for the topics", () =>
        {
            CheckLives?.Invoke(ranges.Select(r => r.Source));
            return true;
        });
        var started = pipeline.Clock.MonotonicMs;
        // The same name only for the very same rows: two flushes of one name would be taken for one.
        var redo = sink.SourcesOf(segments[0]).Redo is { } cutShort && cutShort.Covers(ranges) ? cutShort : null;
        var rows = segments.Sum(s => (long)s.PublishedRows);
        var flush = NewFlush(ranges, redo);
        // A log without room knows nothing of the flush, so it cannot be done again under its name: then no more is said of it.
        var isLogged = journal.Write(LogEntry.BufferSnapshot.Of(flush, rows));
        if (!isLogged && redo is not null) flush = NewFlush(ranges, null);
        KillPoint.Hit("flush.started");

        var writer = new DataFileWriter(store, pipeline.Options, flush);
        var files = Retry("write data files", () => writer.Write(segments));
        var written = pipeline.Clock.MonotonicMs;
        KillPoint.Hit("flush.files-written");
        var letters = segments.Select(s => s.Index).ToArray();
        Retry("keep dead letters", () =>
        {
            deadLetters.Keep(flush.Id, flush.Epoch, letters, ranges);
            return true;
        });
        KillPoint.Hit("flush.letters-kept");
        if (isLogged) LogFiles(flush, files);
        KillPoint.Hit("flush.before-commit");
        var snapshot = Commit(flush, files, writer);
        KillPoint.Hit("flush.after-commit");
        var now = pipeline.Clock.MonotonicMs;

        var position = sink.SourcesOf(segments[^1]).LogPosition;
        foreach (var entry in LogEntry.Landed(flush, snapshot, position)) journal.Write(entry);
        KillPoint.Hit("flush.logged");
        foreach (var segment in segments)
        {
            deadLetters.Clear(segment.Index);
            ring.Release(segment);
        }
        journal.Truncate(position);
        KillPoint.Hit("flush.truncated");
        foreach (var range in ranges) range.Source.CommittedOffset = range.Next;
        Volatile.Write(ref oldestUnixMs, 0);
        Count(files, rows, snapshot?.SnapshotId, written - started, now - written);
        Ack?.Invoke([.. ranges.Select(r => new TopicPartitionOffset(r.Source.Topic, r.Source.Partition, r.Next))]);
        KillPoint.Hit("flush.done");
    }

    /// <summary>
    /// Removes the files of a flush that can never be committed. Files that a snapshot may refer to, now or later, stay; and none goes before the log knows: a later session
    /// must not find and commit it. Where the log cannot be told they stay too. Never throws for it: why the flush was given up is what the caller has to say.
    /// </summary>
    private void Abandon(Flush flush, IReadOnlyList<WrittenFile> files, DataFileWriter writer, string why)
    {
        if (flush.MayHaveLanded) return;
        try
        {
            journal.WriteSynced(new LogEntry.FlushAbandoned(flush.Id, why));
        }
        catch (EngineException error)
        {
            pipeline.Log.Warn("the files of a failed commit stay: the log cannot be told", ("table", pipeline.Options.Name), ("flush", flush.Id), ("files", files.Count), ("error", error.Message));
            return;
        }
        writer.Delete(files);
        journal.Write(new LogEntry.MaintenanceTask("remove files of a failed commit", files.Count, $"flush {flush.Id}"));
    }

    private Flush NewFlush(List<OffsetRange> ranges, LoggedFlush? redo) =>
        new(redo?.Id ?? pipeline.Random.NewTimeGuid(pipeline.Clock.UnixMs).ToString(), redo?.Epoch ?? store.Epoch, ranges);

    private void LogFiles(Flush flush, IReadOnlyList<WrittenFile> files)
    {
        foreach (var (file, sha256) in files)
            journal.WriteIfRoom(new LogEntry.DataFileWritten(flush.Id, file.FilePath, file.RecordCount, file.FileSizeBytes, sha256, file.SpecId, store.DescriptionOf(file)));
        KillPoint.Hit("flush.files-logged");
        Retry("log the commit", () =>
        {
            journal.WriteSynced(new LogEntry.CommitStarted(flush.Id, files.Count));
            return true;
        });
    }

    /// <summary>The snapshot that holds the flush, perhaps of an earlier attempt; null where it has been expired since.</summary>
    private Snapshot? Commit(Flush flush, IReadOnlyList<WrittenFile> files, DataFileWriter writer)
    {
        CommitResult result;
        try
        {
            result = Retry("commit", () => store.Commit(flush, [.. files.Select(f => f.File)]));
        }
        catch (TableStop stop) when (stop.Reason is PauseReason.TableMissing or PauseReason.TableReplaced or PauseReason.TopicRecreated)
        {
            Abandon(flush, files, writer, stop.Message);
            throw;
        }
        if (result.Status != CommitStatus.Aborted) return store.SnapshotOf(flush);
        Abandon(flush, files, writer, result.Reason ?? "");
        throw new EngineException(ErrorKind.Unavailable, $"nothing was committed and the session starts again from what the table holds: {result.Reason}");
    }

    private void Count(IReadOnlyList<WrittenFile> files, long rows, SnapshotId? snapshotId, long flushMs, long commitMs)
    {
        var counters = pipeline.Counters;
        counters.CountCommit([.. files.Select(f => f.File)], snapshotId, pipeline.Clock.UnixMs);
        counters.LastFlushMs = flushMs;
        counters.LastCommitMs = commitMs;
        pipeline.Log.Info("committed", ("table", pipeline.Options.Name), ("rows", rows), ("files", files.Count), ("bytes", files.Sum(f => f.File.FileSizeBytes)), ("snapshot", snapshotId?.Value ?? 0),
            ("write_ms", flushMs), ("commit_ms", commitMs));
    }

    private T Retry<T>(string what, Func<T> work)
    {
        var wait = FirstWaitMs;
        while (true)
        {
            try
            {
                var result = work();
                trouble = null;
                return result;
            }
            catch (EngineException e) when (e.Retryable || e.Kind == ErrorKind.Unknown)
            {
                trouble = string.Create(CultureInfo.InvariantCulture, $"cannot {what}: {e.Message}");
                pipeline.LastError = trouble;
                pipeline.Counters.FlushRetries++;
                pipeline.Log.Warn("flush waits", ("table", pipeline.Options.Name), ("step", what), ("error", e.Message), ("retry_ms", wait));
            }
            if (ended.Wait(wait)) throw new OperationCanceledException();
            wait = Math.Min(wait * 2, LongestWaitMs);
        }
    }
}
