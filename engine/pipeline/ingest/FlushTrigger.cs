namespace K2I.Pipeline;

/// <summary>Why rows are to be flushed now.</summary>
internal enum FlushReason
{
    None,
    Bytes,
    Rows,
    Age,

    /// <summary>Half of the memory holds rows, and no flush is under way that would free some.</summary>
    Memory,
}

/// <summary>When a table's rows are flushed: a pure function of what waits, how long, and how full the memory is.</summary>
internal static class FlushTrigger
{
    /// <summary>Offsets without a record are worth a snapshot of their own only before retention can pass them.</summary>
    internal const long EndsAgeMs = 600_000;

    internal static FlushReason Decide(FlushOptions options, in PendingRows pending, long nowUnixMs, bool isHalfFull, bool isFlushing)
    {
        if (pending.IsEmpty) return FlushReason.None;
        if (pending.EndsSinceUnixMs != 0 && nowUnixMs - pending.EndsSinceUnixMs >= Math.Max(EndsAgeMs, options.AgeMs)) return FlushReason.Age;
        if (pending.SinceUnixMs == 0) return FlushReason.None;
        if (pending.Bytes >= options.Bytes) return FlushReason.Bytes;
        if (pending.Rows >= options.Rows) return FlushReason.Rows;
        if (nowUnixMs - pending.SinceUnixMs >= options.AgeMs) return FlushReason.Age;
        return isHalfFull && !isFlushing ? FlushReason.Memory : FlushReason.None;
    }
}
