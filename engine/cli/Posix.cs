using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Cli;

/// <summary>The few calls that the runtime has no name for.</summary>
internal static partial class Posix
{
    private const int ThreadCpuClock = 3;

    /// <summary>PRIO_PROCESS, and the highest nice value.</summary>
    private const int OfProcess = 0, LowestPriority = 19;

    /// <summary>TIOCGWINSZ: rows, columns, two of pixels.</summary>
    private const nuint GetWindowSize = 0x5413;

    private const int Interrupted = 4;

    /// <summary>EPIPE: whoever read is gone.</summary>
    public const int BrokenPipe = 32;

    /// <summary>CPU that this thread has used, in nanoseconds (clock_gettime(2)).</summary>
    public static long ThreadCpuNs()
    {
        Span<long> time = stackalloc long[2];
        Check.That(Clock(ThreadCpuClock, ref time[0]) == 0);
        return (time[0] * 1_000_000_000) + time[1];
    }

    /// <summary>
    /// From now on this thread gets the CPU that others leave (setpriority(2), which on Linux is of threads). There is no way back.
    /// </summary>
    public static void LowerThreadPriority() => _ = SetPriority(OfProcess, 0, LowestPriority);

    /// <summary>Ends the process now: no handlers run, no thread is waited for.</summary>
    public static void Leave(ExitCode code) => Exit((int)code);

    /// <summary>The columns of the terminal that a file descriptor is; null if it is none, or does not tell.</summary>
    public static int? TerminalWidth(int descriptor)
    {
        Span<ushort> size = stackalloc ushort[4];
        return Control(descriptor, GetWindowSize, ref size[0]) == 0 && size[1] > 0 ? size[1] : null;
    }

    /// <summary>Writes some of the bytes: how many, or the number of the error.</summary>
    public static (int Written, int Error) Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var written = Write(descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written >= 0) return ((int)written, 0);
            if (Marshal.GetLastPInvokeError() is not Interrupted and var error) return (0, error);
        }
    }

    public static string MessageOf(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, in byte bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, ref ushort size);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Clock(int clock, ref long time);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}
