namespace K2I.Wal;

/// <summary>What a file is to the log.</summary>
public enum FileUse
{
    /// <summary>It holds frames of the log.</summary>
    Live,

    /// <summary>Made ahead of the appends, or just begun; no frame in it yet.</summary>
    Empty,

    /// <summary>All of it was truncated; it waits for reuse.</summary>
    Truncated,

    /// <summary>It holds frames that a recovery gave up, or that the next one will.</summary>
    GivenUp,

    /// <summary>No part of the log.</summary>
    None,
}
