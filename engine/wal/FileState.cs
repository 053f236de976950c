namespace K2I.Wal;

/// <summary>What a file named like a log file is, by its header.</summary>
public enum FileState
{
    Good,

    /// <summary>Its header names a later start than its name: it was being reused when the process ended. A spare.</summary>
    Reused,

    /// <summary>It begins like a log file; its header is damaged, or too short.</summary>
    DamagedHeader,

    /// <summary>It does not begin like a log file.</summary>
    Foreign,

    /// <summary>Of a version of the format that this build does not know.</summary>
    Unsupported,
}
