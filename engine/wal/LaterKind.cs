namespace K2I.Wal;

/// <summary>What valid frames and headers there are after the unbroken run of frames.</summary>
internal enum LaterKind
{
    Nothing,

    /// <summary>Some, and none of them knows the bytes at the break to have been synced.</summary>
    Unsynced,

    /// <summary>One that was written after the bytes at the break had been synced.</summary>
    Synced,
}
