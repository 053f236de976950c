using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// What the logs of all lanes held when the process started, those of lanes that are no more among them: by table its runs of records, the
/// flush that was under way, the starts that were decided. It is kept until the tables have taken what they need of it, or their partitions
/// have gone to other members.
/// </summary>
/// <remarks>Read by one thread before the workers begin. Then any thread; frames are read under a lock of their log.</remarks>
internal sealed class FoundLogs
{
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, List<(LaneLog Log, StreamContents Contents)>> streams = [];
    private readonly IReadOnlyList<LaneLog> logs;
    private bool forgotten;

    private FoundLogs(IReadOnlyList<LaneLog> logs) => this.logs = logs;

    /// <summary>Reads all of them. One that says what it cannot mean is told of and given up: its rows are fetched again.</summary>
    internal static FoundLogs Read(IReadOnlyList<LaneLog> logs, ILog log)
    {
        var found = new FoundLogs(logs);
        foreach (var lane in logs)
        {
            var contents = new Dictionary<ulong, StreamContents>();
            try
            {
                lane.ReadFound(new Reader(contents));
            }
            catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
            {
                log.Error("the log says what it cannot mean; it is given up and its rows are fetched again", ("error", error.Message));
                continue;
            }
            foreach (var (stream, held) in contents)
            {
                if (!found.streams.TryGetValue(stream, out var all)) found.streams[stream] = all = [];
                all.Add((lane, held));
            }
        }
        if (found.streams.Values.All(s => s.TrueForAll(c => c.Contents.IsSettled))) found.Forget();
        return found;
    }

    /// <summary>Nothing of it is left.</summary>
    internal bool IsForgotten
    {
        get
        {
            lock (gate) return forgotten;
        }
    }

    /// <summary>A table's flush that some log saw begin and none end.</summary>
    internal LoggedFlush? HalfDone(ulong stream, string uuid)
    {
        lock (gate)
        {
            var contents = Of(stream, uuid);
            return contents.Select(c => c.Contents.HalfDone).LastOrDefault(f =>
                f is not null && !contents.Any(c => c.Contents.HasEnded(f)));
        }
    }

    /// <summary>Where reading of a table was decided to begin.</summary>
    internal OffsetMap Starts(ulong stream, string? uuid)
    {
        lock (gate) return Of(stream, uuid).Select(c => c.Contents.Starts).FirstOrDefault(s => !s.IsEmpty) ?? OffsetMap.Empty;
    }

    /// <summary>Records of the table are there.</summary>
    internal bool HasRuns(ulong stream, string? uuid)
    {
        lock (gate) return Of(stream, uuid).Any(c => c.Contents.Runs.Count > 0);
    }

    /// <summary>
    /// The run of a partition that goes on where the table stands, the longest if several do. It is pinned for <paramref name="owner"/>,
    /// and not given out twice. Null where there is none.
    /// </summary>
    internal FoundRun? Take(ulong stream, string uuid, string topic, int partition, Func<LoggedRun, bool> continues, TableRun owner)
    {
        lock (gate)
        {
            (LaneLog Log, StreamContents Contents)? best = null;
            foreach (var candidate in Of(stream, uuid))
            {
                if (!candidate.Log.KeepsRecords || !candidate.Contents.Runs.TryGetValue((topic, partition), out var held)
                    || !continues(held.Run)) continue;
                if (best is { } other && other.Contents.Runs[(topic, partition)].Run.Next >= held.Run.Next) continue;
                best = candidate;
            }
            if (best is not { } chosen) return null;
            var (run, frames) = chosen.Contents.Runs[(topic, partition)];
            foreach (var (_, contents) in streams[stream]) contents.Forget(topic, partition);
            return new(chosen.Log, run, frames, chosen.Log.Pins.Add(frames[0], owner));
        }
    }

    /// <summary>
    /// The table is another than the one that was written to, or its rows are fetched again: nothing of it counts any more.
    /// </summary>
    internal void Forget(ulong stream)
    {
        lock (gate) streams.Remove(stream);
    }

    /// <summary>Gives up what is left: it keeps the logs no longer.</summary>
    internal void Forget()
    {
        lock (gate)
        {
            if (forgotten) return;
            forgotten = true;
            streams.Clear();
            foreach (var log in logs) log.ForgetFound();
        }
    }

    private List<(LaneLog Log, StreamContents Contents)> Of(ulong stream, string? uuid) =>
        streams.TryGetValue(stream, out var all) ? [.. all.Where(c => c.Contents.Uuid is null || uuid is null || c.Contents.Uuid == uuid)]
            : [];

    private sealed class Reader(Dictionary<ulong, StreamContents> contents) : IFrameHandler
    {
        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            if (!contents.TryGetValue(stream, out var held)) contents[stream] = held = new();
            held.Take((LogEntryKind)kind, position, payload);
            return true;
        }
    }
}
