using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// What one log held of one table when it was opened: for each partition the last unbroken run of records, and the flush that was under
/// way. Found by one pass over all frames, oldest first; records themselves are read later, once it is known which of them the table lacks.
/// </summary>
/// <remarks>
/// A frame whose <c>from</c> is its partition's last <c>next</c> continues the run; any other begins a new one, and what was before counts
/// no more: reading had begun elsewhere. Runs written for another table (another uuid) count not at all.
/// </remarks>
internal sealed class StreamContents
{
    private readonly Dictionary<(string Topic, int Partition), (LoggedRun Run, List<LogPosition> Frames)> runs = [];
    private readonly HashSet<string> endedFlushes = new(StringComparer.Ordinal);

    /// <summary>The table's uuid, where the log tells.</summary>
    internal string? Uuid { get; private set; }

    internal LoggedFlush? HalfDone { get; private set; }

    internal IReadOnlyDictionary<(string Topic, int Partition), (LoggedRun Run, List<LogPosition> Frames)> Runs => runs;

    /// <summary>Where reading was decided to begin, in partitions that the table may have nothing of yet.</summary>
    internal OffsetMap Starts { get; private set; } = OffsetMap.Empty;

    /// <summary>Nothing is still needed: no record, no flush under way, no start.</summary>
    internal bool IsSettled => runs.Count == 0 && HalfDone is null && Starts.IsEmpty;

    /// <summary>The log has seen the flush come to its end, one way or the other.</summary>
    internal bool HasEnded(LoggedFlush flush) => endedFlushes.Contains(flush.Id);

    /// <summary>The partition's run has been taken, or is of no use.</summary>
    internal void Forget(string topic, int partition) => runs.Remove((topic, partition));

    internal void Take(LogEntryKind kind, LogPosition position, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case LogEntryKind.Records:
                Extend(new RecordFrameReader(payload), position);
                break;
            case LogEntryKind.RunStarted or LogEntryKind.StartsDecided or LogEntryKind.BufferSnapshot:
            case LogEntryKind.FlushComplete or LogEntryKind.FlushAbandoned:
            case LogEntryKind.DataFileWritten or LogEntryKind.CommitStarted when HalfDone is not null:
                Take(LogEntry.Read(kind, payload)!);
                break;
        }
    }

    private void Extend(RecordFrameReader frame, LogPosition position)
    {
        var key = (frame.Topic, frame.Partition);
        if (runs.TryGetValue(key, out var known) && known.Run.Next == frame.From && known.Run.TopicId == frame.TopicId)
        {
            known.Frames.Add(position);
            runs[key] = (known.Run with { Next = frame.Next }, known.Frames);
        }
        else
        {
            runs[key] = (new(frame.TopicId, frame.From, frame.Next, frame.BeginsPartition), [position]);
        }
    }

    private void Take(LogEntry entry)
    {
        switch (entry)
        {
            case LogEntry.RunStarted run:
                Begin(run);
                break;
            case LogEntry.StartsDecided decided:
                Starts = decided.Map;
                break;
            case LogEntry.BufferSnapshot begun:
                HalfDone = new(begun.Flush, begun.Epoch, begun.Ranges);
                break;
            case LogEntry.DataFileWritten file when file.Flush == HalfDone!.Id:
                HalfDone.Files.Add(file);
                break;
            case LogEntry.CommitStarted commit when commit.Flush == HalfDone!.Id:
                HalfDone.FilesToCommit = commit.Files;
                break;
            case LogEntry.FlushComplete done:
                End(done.Flush);
                break;
            case LogEntry.FlushAbandoned given:
                End(given.Flush);
                break;
        }
    }

    private void End(string flush)
    {
        endedFlushes.Add(flush);
        if (HalfDone?.Id == flush) HalfDone = null;
    }

    private void Begin(LogEntry.RunStarted run)
    {
        if (run.IsAnother || (Uuid is not null && Uuid != run.Uuid))
        {
            runs.Clear();
            (HalfDone, Starts) = (null, OffsetMap.Empty);
        }
        Uuid = run.Uuid;
    }
}
