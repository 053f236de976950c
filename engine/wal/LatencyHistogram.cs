using System.Diagnostics;
using System.Numerics;

namespace K2I.Wal;

/// <summary>How long something took, counted in fixed buckets: eight to each doubling of microseconds. One thread adds, any reads.</summary>
public sealed class LatencyHistogram
{
    private const int PerDoubling = 8;
    private const int Buckets = 32 * PerDoubling;

    private readonly long[] counts = new long[Buckets];
    private long count;
    private long sumUs;
    private long maxUs;

    public long Count => Volatile.Read(ref count);

    public long SumUs => Volatile.Read(ref sumUs);

    public long MaxUs => Volatile.Read(ref maxUs);

    /// <summary>The time that so many of all (0 to 1) did not exceed, in microseconds, to an eighth; 0 without any.</summary>
    public double Quantile(double of)
    {
        var total = Count;
        if (total == 0) return 0;
        var wanted = Math.Max(1, (long)Math.Ceiling(of * total));
        long seen = 0;
        for (var i = 0; i < Buckets; i++)
        {
            seen += Volatile.Read(ref counts[i]);
            if (seen >= wanted) return Math.Min(UpperUs(i), MaxUs);
        }
        return MaxUs;
    }

    /// <summary>How many took at most so long, by whole buckets.</summary>
    public long CountUpTo(double us)
    {
        long seen = 0;
        for (var i = 0; i < Buckets && UpperUs(i) <= us; i++) seen += Volatile.Read(ref counts[i]);
        return seen;
    }

    internal void AddSince(long timestamp) => Add((long)Stopwatch.GetElapsedTime(timestamp).TotalMicroseconds);

    internal void Add(long us)
    {
        us = Math.Clamp(us, 0, uint.MaxValue);
        var index = Index(us);
        Volatile.Write(ref counts[index], counts[index] + 1);
        Volatile.Write(ref sumUs, sumUs + us);
        if (us > maxUs) Volatile.Write(ref maxUs, us);
        Volatile.Write(ref count, count + 1);
    }

    private static int Index(long us)
    {
        if (us < PerDoubling) return (int)us;
        var doubling = BitOperations.Log2((ulong)us);
        return (doubling - 2) * PerDoubling + (int)((us >> (doubling - 3)) & (PerDoubling - 1));
    }

    private static double UpperUs(int index)
    {
        if (index < PerDoubling) return index + 1;
        var doubling = index / PerDoubling + 2;
        return (double)(PerDoubling + index % PerDoubling + 1) * (1L << (doubling - 3));
    }
}
