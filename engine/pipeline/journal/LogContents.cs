using System.Globalization;
using System.Text.Json;
using K2I.Base;
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

    public bool OnFrame(byte kind, LogPosition position, ReadOnlySpan<byte> payload)
    {
        switch ((LogEntryKind)kind)
        {
            case LogEntryKind.Records:
                Extend(new RecordFrameReader(payload), position);
                break;
            case LogEntryKind.SessionStarted:
                OnSession(Parse(payload));
                break;
            case LogEntryKind.StartsDecided:
                Starts = OffsetMap.Parse(Parse(payload).GetProperty("offsets").GetRawText());
                break;
            case LogEntryKind.BufferSnapshot:
                HalfDone = ReadFlush(Parse(payload));
                break;
            case LogEntryKind.DataFileWritten when OfHalfDone(payload, out var entry):
                HalfDone!.Files.Add(new(Text(entry, "path"), entry.GetProperty("bytes").GetInt64(), Text(entry, "sha256"), entry.GetProperty("spec").GetInt32(), entry.GetProperty("description").GetBytesFromBase64()));
                break;
            case LogEntryKind.CommitStarted when OfHalfDone(payload, out var entry):
                HalfDone!.FilesToCommit = entry.GetProperty("files").GetInt32();
                break;
            case LogEntryKind.FlushComplete or LogEntryKind.FlushAbandoned when OfHalfDone(payload, out _):
                HalfDone = null;
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

    private void OnSession(JsonElement entry)
    {
        var of = Text(entry, "uuid");
        if (uuid is not null && uuid != of)
        {
            runs.Clear();
            (HalfDone, Starts) = (null, OffsetMap.Empty);
        }
        uuid = of;
    }

    private bool OfHalfDone(ReadOnlySpan<byte> payload, out JsonElement entry)
    {
        entry = default;
        if (HalfDone is null) return false;
        entry = Parse(payload);
        return Text(entry, "flush") == HalfDone.Id;
    }

    private static LoggedFlush ReadFlush(JsonElement entry)
    {
        var ranges = new List<LoggedFlush.Range>();
        foreach (var topic in entry.GetProperty("ranges").EnumerateObject())
        {
            var id = entry.GetProperty("ids").TryGetProperty(topic.Name, out var known) ? known.GetString() : null;
            var begun = entry.GetProperty("begins").TryGetProperty(topic.Name, out var list) ? list.EnumerateArray().Select(p => p.GetInt32()).ToHashSet() : [];
            foreach (var range in topic.Value.EnumerateObject())
            {
                var partition = int.Parse(range.Name, CultureInfo.InvariantCulture);
                ranges.Add(new(topic.Name, id, partition, range.Value[0].GetInt64(), range.Value[1].GetInt64(), begun.Contains(partition)));
            }
        }
        return new(Text(entry, "flush"), entry.GetProperty("epoch").GetInt64(), ranges);
    }

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? throw new EngineException(ErrorKind.Corrupt, $"a log entry has no {name}");

    private static JsonElement Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload.ToArray());
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new EngineException(ErrorKind.Corrupt, $"a log entry is not JSON: {error.Message}", error);
        }
    }
}
