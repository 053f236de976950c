namespace K2I.Pipeline;

/// <summary>When buffered rows go to the table: at the first limit reached, under memory pressure, and at shutdown.</summary>
public sealed record FlushOptions
{
    public long Bytes { get; init; } = 128L << 20;

    public long Rows { get; init; } = 10_000_000;

    /// <summary>The oldest row waits no longer than this, also when its topic falls idle.</summary>
    public long AgeMs { get; init; } = 30_000;
}
