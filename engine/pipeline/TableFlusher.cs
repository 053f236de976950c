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
internal sealed class TableFlusher(TablePipeline pipeline, TableStore store, SegmentRing ring, RecordSink sink)
{
    private const int FirstWaitMs = 200, LongestWaitMs = 30_000;

    private readonly Latch ended = new();
    private readonly Latch finished = new();
    private volatile EngineException? failure;
    private volatile string? trouble;
    private long oldestUnixMs;
    private volatile bool started;

    internal delegate void AcknowledgeOffsets(ReadOnlySpan<TopicPartitionOffset> nextOffsets);

    internal FlushSignal Signal { get; } = new();

    /// <summary>Tells Kafka what is committed, for lag tools.</summary>
    internal AcknowledgeOffsets? Acknowledge { get; set; }

    /// <summary>Why this session's flushes came to an end.</summary>
    internal EngineException? Failure => failure;

    /// <summary>What is being retried at the moment; null when all is well.</summary>
    internal string? Trouble => trouble;

    /// <summary>When the oldest row being flushed was fetched; 0 for none.</summary>
    internal long OldestUnixMs => Volatile.Read(ref oldestUnixMs);

    /// <summary>Flushes on request until the session ends. The flush worker calls it once.</summary>
    internal void Run()
    {
        started = true;
        try
        {
            while (!ended.IsSet)
            {
                if (!Signal.Wait(100, out var ticket)) continue;
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
        if (started) finished.Wait();
    }

    private void FlushSealed()
    {
        var segments = new List<Segment>();
        while (ring.TryTakeSealed() is { } segment) segments.Add(segment);
        if (segments.Count == 0) return;
        var started = pipeline.Clock.MonotonicMs;
        Volatile.Write(ref oldestUnixMs, segments.Select(s => sink.SourcesOf(s).FirstFetchedUnixMs).FirstOrDefault(ms => ms != 0));
        var ranges = SegmentSources.Merge(segments.Select(sink.SourcesOf));
        var flush = new Flush(Guid.CreateVersion7().ToString(), ranges);

        var writer = new DataFileWriter(store, pipeline.Options, flush);
        var files = Retry("write data files", () => writer.Write(segments));
        var written = pipeline.Clock.MonotonicMs;
        var result = Retry("commit", () => store.Commit(flush, files));
        if (result.Status == CommitStatus.Aborted)
        {
            writer.Delete(files);
            throw new EngineException(ErrorKind.Unavailable, $"nothing was committed and the session starts again from what the table holds: {result.Reason}");
        }
        var snapshotId = result.Table.Metadata.CurrentSnapshotId ?? 0;
        var now = pipeline.Clock.MonotonicMs;

        var rows = segments.Sum(s => (long)s.PublishedRows);
        foreach (var segment in segments) ring.Release(segment);
        foreach (var range in ranges) range.Source.CommittedOffset = range.Next;
        Volatile.Write(ref oldestUnixMs, 0);
        Count(files, rows, snapshotId, written - started, now - written);
        Acknowledge?.Invoke([.. ranges.Select(r => new TopicPartitionOffset(r.Source.Topic, r.Source.Partition, r.Next))]);
    }

    private void Count(IReadOnlyList<DataFile> files, long rows, long snapshotId, long flushMs, long commitMs)
    {
        var counters = pipeline.Counters;
        var bytes = files.Sum(f => f.FileSizeBytes);
        counters.Commits++;
        counters.RowsCommitted += rows;
        counters.DataFiles += files.Count;
        counters.DataFileBytes += bytes;
        counters.SnapshotId = snapshotId;
        counters.LastCommitUnixMs = pipeline.Clock.UnixMs;
        counters.LastFlushMs = flushMs;
        counters.LastCommitMs = commitMs;
        pipeline.Log.Info("committed", ("table", pipeline.Options.Name), ("rows", rows), ("files", files.Count), ("bytes", bytes), ("snapshot", snapshotId),
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
            catch (EngineException e) when (e.Retryable || e.Kind is ErrorKind.Denied or ErrorKind.Unknown)
            {
                trouble = string.Create(CultureInfo.InvariantCulture, $"cannot {what}: {e.Message}");
                pipeline.LastError = trouble;
                pipeline.Counters.CommitRetries++;
                pipeline.Log.Warn("flush waits", ("table", pipeline.Options.Name), ("step", what), ("error", e.Message), ("retry_ms", wait));
            }
            if (ended.Wait(wait)) throw new OperationCanceledException();
            wait = Math.Min(wait * 2, LongestWaitMs);
        }
    }
}
