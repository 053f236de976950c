namespace K2I.Simulation.Tests;

/// <summary>A stream of random numbers that depends on its seed alone, on every machine and runtime (SplitMix64).</summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>A stream of its own for a purpose, so that drawing more numbers for one does not change the others.</summary>
    public static Dice For(long seed, string purpose)
    {
        var hash = 14695981039346656037UL ^ (ulong)seed * 0x9E3779B97F4A7C15;
        foreach (var letter in purpose) hash = (hash ^ letter) * 1099511628211;
        return new(hash);
    }

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>From 0, below <paramref name="exclusiveMax"/>.</summary>
    public long Below(long exclusiveMax) => (long)(Next() % (ulong)exclusiveMax);

    public int Below(int exclusiveMax) => (int)(Next() % (ulong)exclusiveMax);

    /// <summary>Both ends inclusive.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => probability > 0 && (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
