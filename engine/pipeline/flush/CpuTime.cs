using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>CPU time used so far, in nanoseconds. Source: clock_gettime(2).</summary>
internal static partial class CpuTime
{
    private const int ProcessClock = 2, ThreadClock = 3;

    internal static long ProcessNs => Read(ProcessClock);

    /// <summary>Of the calling thread.</summary>
    internal static long ThreadNs => Read(ThreadClock);

    private static long Read(int clock)
    {
        Check.That(GetTime(clock, out var time) == 0);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds, Nanoseconds;
    }
}
