namespace K2I.Wal;

/// <summary>What a log has done since it was opened, and holds. A snapshot.</summary>
public readonly record struct WalStatistics
{
    public long Appends { get; init; }

    public long AppendedBytes { get; init; }

    public long Syncs { get; init; }

    public long SyncedBytes { get; init; }

    /// <summary>Log files, those waiting for reuse included.</summary>
    public int Files { get; init; }

    public long DiskBytes { get; init; }

    /// <summary>From the first append of a group until it was synced.</summary>
    public LatencyHistogram GroupLatency { get; init; }

    /// <summary>The syncs alone.</summary>
    public LatencyHistogram SyncLatency { get; init; }
}
