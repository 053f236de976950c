using System.Diagnostics;
using System.Globalization;

namespace K2I.Bench;

/// <summary>
/// Ways of doing one thing, timed in turns so that a busy machine troubles all of them alike. Prints the median and the best round in ns
/// a call, and bytes allocated.
/// </summary>
internal static class Turns
{
    private const int Rounds = 2001;
    private const double RoundMs = 0.05;

    public static void Compare(string what, params (string Name, Func<long> Call)[] ways)
    {
        var calls = new int[ways.Length];
        var times = new double[ways.Length][];
        var bytes = new long[ways.Length];
        for (var way = 0; way < ways.Length; way++)
        {
            calls[way] = CallsOfARound(ways[way].Call);
            times[way] = new double[Rounds];
        }
        for (var round = 0; round < Rounds; round++)
            for (var way = 0; way < ways.Length; way++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                times[way][round] = Nanoseconds(ways[way].Call, calls[way]) / calls[way];
                bytes[way] = (GC.GetAllocatedBytesForCurrentThread() - before) / calls[way];
            }
        for (var way = 0; way < ways.Length; way++)
        {
            Array.Sort(times[way]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what,-28} {ways[way].Name,-20} {times[way][Rounds / 2],10:0.0} ns   best {times[way][0],10:0.0}   {bytes[way],6} B"));
        }
    }

    private static int CallsOfARound(Func<long> call)
    {
        var calls = 1;
        while (Nanoseconds(call, calls) < RoundMs * 1e6 && calls < 1 << 28) calls *= 2;
        return calls;
    }

    private static double Nanoseconds(Func<long> call, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        var sum = 0L;
        for (var i = 0; i < calls; i++) sum += call();
        GC.KeepAlive(sum);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
