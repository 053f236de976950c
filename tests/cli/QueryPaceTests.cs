using K2I.Cli.Running;

namespace K2I.Cli.Tests;

/// <summary>How long queries rest for the CPU that they took; counted in CPU, whatever else runs on the machine.</summary>
public sealed class QueryPaceTests
{
    /// <summary>For a twentieth of the machine.</summary>
    private static readonly double RestPerStep = 20.0 / Environment.ProcessorCount;

    [Fact]
    public void NobodyRestsWhileIngestHasWhatItNeeds()
    {
        var pace = new QueryPace(() => false);
        Burn(5);
        Assert.Equal(0, pace.RestMs());
    }

    [Fact]
    public void WhatWasTakenIsRestedFor()
    {
        var isShort = false;
        var pace = new QueryPace(() => isShort);
        pace.RestMs();
        isShort = true;
        Burn(10);
        // What the thread took before counts as 20 ms at most.
        Assert.InRange(pace.RestMs(), (int)(10 * RestPerStep) - 1, (int)(20 * RestPerStep));
        isShort = false;
        Assert.Equal(0, pace.RestMs());
    }

    /// <summary>Who comes rests for what others took too, as far as they have not rested for it.</summary>
    [Fact]
    public void TheShareIsOneForAll()
    {
        var pace = new QueryPace(() => true);
        int first = 0, second = 0;
        OnAThread(() =>
        {
            Burn(20);
            first = pace.RestMs();
        });
        OnAThread(() =>
        {
            Burn(20);
            second = pace.RestMs();
        });
        Assert.InRange(first, (int)(20 * RestPerStep) - 1, (int)(20 * RestPerStep));
        // The first one's rest may be over meanwhile.
        Assert.InRange(second, (int)(20 * RestPerStep) - 1, (int)(40 * RestPerStep));
    }

    private static void OnAThread(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        thread.Join();
    }

    /// <summary>So many milliseconds of this thread's CPU.</summary>
    private static void Burn(int ms)
    {
        var until = Posix.ThreadCpuNs() + (ms * 1_000_000L);
        while (Posix.ThreadCpuNs() < until)
        {
        }
    }
}
