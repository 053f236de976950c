namespace K2I.Pipeline;

/// <summary>Why rows are to be flushed now.</summary>
internal enum FlushReason
{
    None,
    Bytes,
    Rows,
    Age,
}

/// <summary>When a table's rows are flushed: a pure function of what waits, and how long.</summary>
internal static class FlushTrigger
{
    /// <summary>Offsets without a record are worth a snapshot of their own only before retention can pass them.</summary>
    internal const long EndsAgeMs = 600_000;

    internal static FlushReason Decide(FlushOptions options, in PendingRows pending, long nowUnixMs)
    {
        if (pending.IsEmpty) return FlushReason.None;
        if (pending.EndsSinceUnixMs != 0 && nowUnixMs - pending.EndsSinceUnixMs >= Math.Max(EndsAgeMs, options.AgeMs)) return FlushReason.Age;
        if (pending.SinceUnixMs == 0) return FlushReason.None;
        if (pending.Bytes >= options.Bytes) return FlushReason.Bytes;
        if (pending.Rows >= options.Rows) return FlushReason.Rows;
        return nowUnixMs - pending.SinceUnixMs >= options.AgeMs ? FlushReason.Age : FlushReason.None;
    }

    /// <summary>When what waits is to be flushed for its age; 0: nothing waits.</summary>
    internal static long DueUnixMs(FlushOptions options, in PendingRows pending)
    {
        var rows = pending.SinceUnixMs == 0 ? long.MaxValue : pending.SinceUnixMs + options.AgeMs;
        var ends = pending.EndsSinceUnixMs == 0 ? long.MaxValue : pending.EndsSinceUnixMs + Math.Max(EndsAgeMs, options.AgeMs);
        return Math.Min(rows, ends) is var due and < long.MaxValue ? due : 0;
    }
}
