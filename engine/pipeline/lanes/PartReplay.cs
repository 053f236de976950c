using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Brings back the rows that logs hold beyond the table, by the path that fetched records take, before any new record of the part is
/// fetched. Some frames a step, so that the lane's other tables go on. The lane's thread. Owner of what it reads.
/// </summary>
internal sealed class PartReplay : IDisposable
{
    /// <summary>How much a step takes at most before the lane turns to its other tables.</summary>
    private const int StepBytes = 1 << 20;

    private const int TellMs = 1_000;

    private readonly RunPart part;
    private readonly List<Item> items;
    private readonly HeaderCopy headers = new();
    private readonly Dictionary<LaneLog, FoundFrames> open = new(ReferenceEqualityComparer.Instance);
    private readonly long beganMs;
    private readonly int frames;
    private int at;
    private long records;
    private long bytes;
    private long toldMs;

    /// <param name="part">What the rows go to.</param>
    /// <param name="found">Sources with what logs hold of them.</param>
    internal PartReplay(RunPart part, IReadOnlyList<(Source Source, FoundRun Found)> found)
    {
        this.part = part;
        Found = found;
        // In the order in which they were appended, so that a log is read from front to back.
        items = [.. found.SelectMany(f => f.Found.Frames.Select(p => new Item(f.Source, f.Found, p))).OrderBy(i => i.Position)];
        frames = items.Count;
        beganMs = toldMs = part.Lane.Clock.MonotonicMs;
    }

    private readonly record struct Item(Source Source, FoundRun Found, LogPosition Position);

    private IReadOnlyList<(Source Source, FoundRun Found)> Found { get; }

    /// <summary>The sources that are read from Kafka afterwards.</summary>
    internal IReadOnlyList<Source> Sources => [.. Found.Select(f => f.Source)];

    /// <summary>For a segment that is opened now: keeps the frame that is being taken.</summary>
    internal LogPin Pin() =>
        items[Math.Min(at, frames - 1)] is var item ? item.Found.Log.Pins.Add(item.Position, part.Run)
        : throw new InvalidOperationException();

    /// <summary>Takes some frames; true once all are taken.</summary>
    internal bool Step()
    {
        KillPoint.Hit("recovery.frame-replayed");
        var until = bytes + StepBytes;
        try
        {
            while (at < frames && bytes < until)
            {
                if (!TakeFrame(items[at])) return false;
                at++;
                if (part.Redo is { } redo && redo.Ranges.All(IsTaken)) part.EndRedo();
            }
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            part.Lane.Logger.Error("the log is damaged; what it held further on is fetched again", ("table", part.Run.Table.Name),
                ("error", error.Message));
            at = frames;
        }
        Tell();
        if (at < frames) return false;
        part.EndReplay();
        KillPoint.Hit("recovery.replayed");
        part.Run.Table.Recovering = "";
        part.Lane.Logger.Info("the log is replayed", ("table", part.Run.Table.Name), ("records", records), ("bytes", bytes),
            ("ms", part.Lane.Clock.MonotonicMs - beganMs));
        return true;
    }

    public void Dispose()
    {
        foreach (var reader in open.Values) reader.Dispose();
        open.Clear();
        foreach (var (_, found) in Found) found.Pin.Release();
        part.Run.Table.Recovering = "";
    }

    private bool TakeFrame(Item item)
    {
        var source = item.Source;
        if (!source.Assigned) return true;
        if (!open.TryGetValue(item.Found.Log, out var reader)) open[item.Found.Log] = reader = item.Found.Log.OpenFound();
        // Given up meanwhile, for want of room in the log: what it held is fetched.
        if (!reader.TryRead(item.Position, out var held)) return true;
        var frame = new RecordFrameReader(held.Payload);
        // In the table already; or behind a part that is lost, and to be fetched again.
        if (frame.From > source.TakenOffset || (frame.Next <= source.TakenOffset && !source.IsAtItsBeginning)) return true;
        while (frame.TryRead(headers, out var record))
        {
            if (record.Offset < source.TakenOffset) continue;
            if (!part.TryReplay(in record, source)) return false;
            records++;
        }
        if (!part.TryReplayEnd(source, frame.Next)) return false;
        bytes += held.Payload.Length;
        return true;
    }

    private bool IsTaken(LoggedFlush.Range range)
    {
        foreach (var (source, _) in Found)
            if (source.Topic == range.Topic && source.Partition == range.Partition) return source.TakenOffset >= range.Next;
        // Of another lane: not waited for here.
        return true;
    }

    private void Tell()
    {
        var now = part.Lane.Clock.MonotonicMs;
        if (now - toldMs < TellMs) return;
        toldMs = now;
        part.Lane.Logger.Info("replaying the log", ("table", part.Run.Table.Name), ("records", records), ("frames", at), ("of", frames));
        part.Run.Table.Recovering = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at} of {frames} frames");
    }
}
