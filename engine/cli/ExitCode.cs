namespace K2I.Cli;

/// <summary>What the process tells its caller. Numbers are a promise: scripts and units depend on them.</summary>
public enum ExitCode
{
    /// <summary>It did what was asked.</summary>
    Ok = 0,

    /// <summary>Something failed at run time; the message says what.</summary>
    Failed = 1,

    /// <summary>The command line or the configuration is wrong; nothing was started.</summary>
    Invalid = 2,

    /// <summary>Kafka, the catalog, the warehouse or the running process cannot be reached.</summary>
    Unreachable = 3,

    /// <summary>The running process answers that something asks for a person.</summary>
    Unhealthy = 4,

    /// <summary>The table or row asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The stop took longer than shutdown_timeout; rows not committed are fetched again at the next start.</summary>
    StopTimedOut = 6,

    /// <summary>The disk below data_dir could not keep what it was told to. The process ended at once; look at the disk before the next start, which recovers what can be read.</summary>
    DiskFailed = 7,

    /// <summary>A bug: a broken invariant. The process ended at once, and the next start recovers.</summary>
    Bug = 70,

    /// <summary>A second SIGINT ended it at once.</summary>
    Interrupted = 130,

    /// <summary>A second SIGTERM ended it at once.</summary>
    Terminated = 143,
}
