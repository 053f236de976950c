using System.Diagnostics;

namespace K2I.Cli.Running;

/// <summary>
/// What queries may have of the CPU while ingest is short of it: all of them together a twentieth of the machine. Where they took more,
/// each rests after its step. Low priority alone does not do it: a query runs wherever ingest waits for a moment, and has to be put aside
/// each time that ingest goes on; and to other processes, which may be the broker, it counts as ingest does. Any thread.
/// </summary>
/// <param name="isShort">Ingest is behind, or waits for a core.</param>
internal sealed class QueryPace(Func<bool> isShort)
{
    private const int Part = 20, NsPerMs = 1_000_000;

    /// <summary>What a thread did before it was looked at counts as so much at most.</summary>
    private const long LongestStepNs = 20 * NsPerMs;

    [ThreadStatic]
    private static long cpuBefore;

    private readonly Lock gate = new();
    private readonly long started = Stopwatch.GetTimestamp();
    private long paidUntilNs;

    /// <summary>How long the calling thread's query rests now, after a step, in milliseconds.</summary>
    public int RestMs()
    {
        if (!isShort()) return 0;
        var cpu = Posix.ThreadCpuNs();
        var step = Math.Min(cpu - cpuBefore, LongestStepNs);
        cpuBefore = cpu;
        var now = (long)Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        lock (gate)
        {
            paidUntilNs = Math.Max(paidUntilNs, now) + (step * Part / Environment.ProcessorCount);
            return (int)((paidUntilNs - now) / NsPerMs);
        }
    }
}
