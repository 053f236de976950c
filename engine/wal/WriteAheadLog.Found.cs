using K2I.Base;

namespace K2I.Wal;

/// <summary>The readers' side: what the opening found, all of it in order or single frames, while the log goes on.</summary>
public sealed partial class WriteAheadLog
{
    private readonly Lock reading = new();

    /// <summary>Under <see cref="reading"/>.</summary>
    private readonly List<ReadFloor> floors = [];

    /// <summary>
    /// Hands out the frames that <see cref="Open"/> found, from <paramref name="fromPosition"/> (or where they begin) until the handler has
    /// enough. Appending goes on meanwhile, and what is truncated meanwhile is handed out all the same. Returns where it stopped: the
    /// position after the last frame handed out.
    /// </summary>
    /// <param name="progress">Told every few mebibytes which position has been reached.</param>
    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: a frame is no longer what it was when the log was
    /// opened.</exception>
    public LogPosition Replay(LogPosition fromPosition, IFrameHandler handler, Action<LogPosition>? progress = null)
    {
        var floor = new ReadFloor();
        LogPosition from;
        lock (reading)
        {
            from = LogPosition.Max(fromPosition, TruncatedPosition);
            floor.At = from;
            floors.Add(floor);
        }
        try
        {
            return new LogReplay(files, scan, handler, progress).Run(from);
        }
        finally
        {
            LetGo(floor);
        }
    }

    /// <summary>Reads single frames of those that <see cref="Open"/> found, for as long as it is kept open. Any thread.</summary>
    public FoundFrames OpenFound()
    {
        Check.That(!disposed);
        return new(this, files, scan);
    }

    /// <summary>Moves a floor; false, and it holds nothing, if the log has been truncated beyond the position.</summary>
    internal bool TryHold(ReadFloor floor, LogPosition position)
    {
        lock (reading)
        {
            floors.Remove(floor);
            if (position < TruncatedPosition) return false;
            floor.At = position;
            floors.Add(floor);
            return true;
        }
    }

    internal void LetGo(ReadFloor floor)
    {
        lock (reading) floors.Remove(floor);
    }

    /// <summary>
    /// How far files may be reused, by a truncated position that the caller has read before. A floor that is not seen here is set after
    /// this, and whoever sets it sees that truncated position, and refuses.
    /// </summary>
    private LogPosition ReusableBelow(LogPosition truncated)
    {
        lock (reading)
        {
            foreach (var floor in floors) truncated = LogPosition.Min(truncated, floor.At);
            return truncated;
        }
    }
}
