namespace K2I.Wal;

/// <summary>What lies at a place where a frame may begin.</summary>
internal enum FrameState
{
    Valid,

    /// <summary>Nothing: the file, or what of it counts, ends.</summary>
    FileEnd,

    /// <summary>Zeros: nothing was ever written here.</summary>
    Blank,

    /// <summary>Other bytes: left from before the file was reused, or a frame whose first bytes are damaged.</summary>
    Stale,

    /// <summary>The beginning of a frame of this file; the rest does not fit it.</summary>
    Torn,
}
