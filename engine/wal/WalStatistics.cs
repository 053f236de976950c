namespace K2I.Wal;

/// <summary>What a log has done since it was opened, and holds. A snapshot.</summary>
public readonly record struct WalStatistics
{
    public long Appends { get; init; }

    public long AppendedBytes { get; init; }

    public long Syncs { get; init; }

    public long SyncedBytes { get; init; }

    /// <summary>Log files, those waiting for reuse and the one being made included.</summary>
    public int Files { get; init; }

    /// <summary>What they take on disk. Of it, what lies between <see cref="WriteAheadLog.TruncatedPosition"/> and
    /// <see cref="WriteAheadLog.AppendedPosition"/> can only be made free by truncating, a file at a time.</summary>
    public long DiskBytes { get; init; }

    /// <summary>From the first append of a group until it was synced.</summary>
    public LatencyHistogram GroupLatency { get; init; }

    /// <summary>The syncs alone.</summary>
    public LatencyHistogram SyncLatency { get; init; }
}
