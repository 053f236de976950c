using K2I.Base;

namespace K2I.Wal.Tests;

/// <summary>Randomness that a seed repeats.</summary>
internal sealed class SeededRandom(Random random) : IRandom
{
    public long NextInt64(long exclusiveMax) => random.NextInt64(exclusiveMax);

    public Guid NewGuid() => throw new NotSupportedException();

    public Guid NewTimeGuid(long unixMs) => throw new NotSupportedException();
}
