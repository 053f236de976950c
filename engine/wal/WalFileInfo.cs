namespace K2I.Wal;

/// <summary>One log file, as a reader sees it.</summary>
public sealed record WalFileInfo
{
    public required string Name { get; init; }

    public required FileState State { get; init; }

    public required FileUse Use { get; init; }

    /// <summary>Position of its first byte, by its name.</summary>
    public required LogPosition StartPosition { get; init; }

    /// <summary>After its last valid frame. Exclusive.</summary>
    public LogPosition EndPosition { get; init; }

    public long Bytes { get; init; }

    /// <summary>Which opening of the log made it; 0 if its header cannot be read.</summary>
    public long Generation { get; init; }

    public long CreatedUnixMs { get; init; }

    /// <summary>Unbroken valid frames from its start.</summary>
    public long Frames { get; init; }

    public long PayloadBytes { get; init; }
}
