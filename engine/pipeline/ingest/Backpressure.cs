namespace K2I.Pipeline;

/// <summary>
/// Whether partitions are to be paused: a consumer that takes no records keeps what is fetched in its queue, and one that does so for long gives the
/// queue up too, to fetch it again afterwards. Decides on what it is told; one thread.
/// </summary>
internal sealed class Backpressure(long pauseAfterMs)
{
    private long sinceMs = -1;

    internal enum Change
    {
        None,
        Pause,
        Resume,
    }

    /// <summary>Records wait for room. Any thread may read.</summary>
    internal bool IsOn => Volatile.Read(ref sinceMs) >= 0;

    internal bool IsPaused { get; private set; }

    /// <summary>What is to be done, now that there is room or none.</summary>
    internal Change Observe(bool hasRoom, long nowMs)
    {
        if (hasRoom)
        {
            Volatile.Write(ref sinceMs, -1);
            if (!IsPaused) return Change.None;
            IsPaused = false;
            return Change.Resume;
        }
        if (sinceMs < 0) Volatile.Write(ref sinceMs, nowMs);
        if (IsPaused || nowMs - sinceMs < pauseAfterMs) return Change.None;
        IsPaused = true;
        return Change.Pause;
    }
}
