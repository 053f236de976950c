using System.Runtime.InteropServices;

namespace K2I.Cli;

/// <summary>The few calls that the runtime has no name for.</summary>
internal static partial class Posix
{
    /// <summary>Ends the process now: no handlers run, no thread is waited for.</summary>
    public static void Leave(ExitCode code) => Exit((int)code);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
