using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// What a table's log held when it was opened: for each partition the last unbroken run of records, and the flush that was under way. Found by one pass over all
/// frames, oldest first; records themselves are read in a second pass, once it is known which of them the table lacks.
/// </summary>
/// <remarks>
/// A frame whose <c>from</c> is its partition's last <c>next</c> continues the run; any other begins a new one, and what was before counts no more: reading had
/// begun elsewhere. Runs written for another table (another uuid) count not at all.
/// </remarks>
internal sealed class LogContents : IFrameHandler
{
    private readonly Dictionary<(string Topic, int Partition), LoggedRun> runs = [];
    private string? uuid;
    private string? lastTopic;
    private byte[] lastTopicUtf8 = [];

    internal LoggedFlush? HalfDone { get; private set; }

    internal IReadOnlyDictionary<(string Topic, int Partition), LoggedRun> Runs => runs;

    /// <summary>Where reading was decided to begin, in partitions that the table may have nothing of yet.</summary>
    internal OffsetMap Starts { get; private set; } = OffsetMap.Empty;

    /// <summary>Nothing in the log is still needed: no record, no flush under way, no start.</summary>
    internal bool IsSettled => runs.Count == 0 && HalfDone is null && Starts.IsEmpty;

    public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
    {
        switch ((LogEntryKind)kind)
        {
            case LogEntryKind.Records:
                Extend(new RecordFrameReader(payload), position);
                break;
            case LogEntryKind.SessionStarted or LogEntryKind.StartsDecided or LogEntryKind.BufferSnapshot:
            case LogEntryKind.DataFileWritten or LogEntryKind.CommitStarted or LogEntryKind.FlushComplete or LogEntryKind.FlushAbandoned when HalfDone is not null:
                Take(LogEntry.Read((LogEntryKind)kind, payload)!);
                break;
        }
        return true;
    }

    /// <summary>The table is another than the log's: nothing of it counts.</summary>
    internal bool IsOf(string tableUuid) => uuid is null || uuid == tableUuid;

    private void Extend(RecordFrameReader frame, LogPosition position)
    {
        if (!frame.TopicUtf8.SequenceEqual(lastTopicUtf8) || lastTopic is null) (lastTopic, lastTopicUtf8) = (frame.Topic, frame.TopicUtf8.ToArray());
        var key = (lastTopic, frame.Partition);
        var continues = runs.TryGetValue(key, out var run) && run.Next == frame.From && run.TopicId == frame.TopicId;
        runs[key] = continues ? run with { Next = frame.Next } : new(frame.TopicId, frame.From, frame.Next, position, frame.BeginsPartition);
    }

    private void Take(LogEntry entry)
    {
        switch (entry)
        {
            case LogEntry.SessionStarted session:
                Begin(session.Uuid);
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
            case LogEntry.FlushComplete done when done.Flush == HalfDone!.Id:
            case LogEntry.FlushAbandoned given when given.Flush == HalfDone!.Id:
                HalfDone = null;
                break;
        }
    }

    private void Begin(string of)
    {
        if (uuid is not null && uuid != of)
        {
            runs.Clear();
            (HalfDone, Starts) = (null, OffsetMap.Empty);
        }
        uuid = of;
    }
}
