namespace K2I.Cli;

/// <summary>The exit codes in words, as help and README show them.</summary>
internal static class ExitCodes
{
    public static readonly (ExitCode Code, string Meaning)[] All =
    [
        (ExitCode.Ok, "it did what was asked"),
        (ExitCode.Failed, "something failed at run time; the message says what"),
        (ExitCode.Invalid, "the command line or the configuration is wrong; nothing was started"),
        (ExitCode.Unreachable, "Kafka, the catalog, the warehouse or the running process cannot be reached"),
        (ExitCode.Unhealthy, "the running process answers that something asks for a person"),
        (ExitCode.NotFound, "the table or row asked for does not exist"),
        (ExitCode.StopTimedOut, "the stop took longer than shutdown_timeout; rows not committed are fetched again at the next start"),
        (ExitCode.DiskFailed, "the disk below data_dir failed to keep the log; it ended at once, look at the disk before the next start"),
        (ExitCode.Bug, "a bug: it ended at once, and the next start recovers"),
        (ExitCode.Interrupted, "a second SIGINT ended it at once"),
        (ExitCode.Terminated, "a second SIGTERM ended it at once"),
    ];
}
