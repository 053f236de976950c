using K2I.Base;

namespace K2I.Wal;

/// <summary>How a log is kept.</summary>
public sealed record WalOptions
{
    /// <summary>Length of a log file: a multiple of 4096, at most 1 GiB. It bounds a payload.</summary>
    public int FileBytes { get; init; } = 64 << 20;

    /// <summary>How long a group may form before it is synced.</summary>
    public int GroupMs { get; init; } = 1;

    /// <summary>A group that has so many bytes is synced at once.</summary>
    public int GroupBytes { get; init; } = 1 << 20;

    /// <summary>Bytes that may wait for a sync; <see cref="WriteAheadLog.HasRoom"/> is false from there on. Bounds what a crash loses, and how long a group takes when the disk is slow.</summary>
    public int MaxUnsyncedBytes { get; init; } = 32 << 20;

    /// <summary>
    /// Room that the files of the log may take; at least two of them. None is made beyond, until some can be used again, but the first of
    /// an opening. 0: as the disk allows.
    /// </summary>
    public long MaxBytes { get; init; }

    /// <summary>Truncated files kept for reuse; more are removed.</summary>
    public int MaxSpareFiles { get; init; } = 4;

    /// <summary>Where the salts of files come from.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;
}
