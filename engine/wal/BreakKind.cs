namespace K2I.Wal;

/// <summary>What lies where the unbroken run of frames ends.</summary>
internal enum BreakKind
{
    /// <summary>The end of the last file.</summary>
    FileEnd,

    Blank,
    Stale,
    Torn,
    WrongLength,
    DamagedHeader,
    ForeignFile,
    MissingFile,
}
