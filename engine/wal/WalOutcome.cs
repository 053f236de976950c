namespace K2I.Wal;

/// <summary>How the log that was found ends. All from <see cref="Hole"/> on are damage: synced frames were lost, and everything after the unbroken prefix was given up.</summary>
public enum WalOutcome
{
    /// <summary>There was no log.</summary>
    Empty,

    /// <summary>After a valid frame, with nothing behind it.</summary>
    Clean,

    /// <summary>In frames that were being written when power failed; none of them had been synced.</summary>
    TornTail,

    /// <summary>Synced frames follow a place where no frame is.</summary>
    Hole,

    /// <summary>Synced frames follow a frame that fails its checksum.</summary>
    DamagedFrame,

    /// <summary>A log file has not the length that it was made with.</summary>
    WrongLength,

    /// <summary>The header of a log file is damaged.</summary>
    DamagedHeader,

    /// <summary>Something else has the name of a log file.</summary>
    ForeignFile,

    /// <summary>A log file is not there.</summary>
    MissingFile,
}
