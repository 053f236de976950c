using System.Diagnostics;
using System.Globalization;

namespace K2I.Cli.Bench;

/// <summary>What this process used between two points: wall clock, CPU of all its threads, memory.</summary>
internal readonly record struct Usage(long Ticks, TimeSpan Cpu, long AllocatedBytes)
{
    internal static Usage Now() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());

    internal double Seconds(Usage since) => Stopwatch.GetElapsedTime(since.Ticks, Ticks).TotalSeconds;

    internal double CpuSeconds(Usage since) => (Cpu - since.Cpu).TotalSeconds;

    /// <summary>Makes the highest resident memory count from now on, on kernels that can (proc(5), clear_refs).</summary>
    internal static void ResetPeak()
    {
        const string clear = "/proc/self/clear_refs", peak = "5";
        if (File.Exists(clear)) File.WriteAllText(clear, peak);
    }

    /// <summary>Resident memory of the process now and at its highest since <see cref="ResetPeak"/>, in bytes (proc(5)).</summary>
    internal static (long Now, long Peak) Resident()
    {
        long now = 0, peak = 0;
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) now = Kilobytes(line);
            else if (line.StartsWith("VmHWM:", StringComparison.Ordinal)) peak = Kilobytes(line);
        }
        return (now, peak);
    }

    private static long Kilobytes(string line) => long.Parse(line.AsSpan(6).Trim(" \tkB"), CultureInfo.InvariantCulture) << 10;
}
