namespace K2I.Base;

/// <summary>Where ids and jitter come from; a simulation supplies its own, so that one seed is one run. Any thread.</summary>
public interface IRandom
{
    /// <summary>From 0, below <paramref name="exclusiveMax"/>.</summary>
    long NextInt64(long exclusiveMax);

    /// <summary>A new random UUID (version 4).</summary>
    Guid NewGuid();

    /// <summary>A new UUID that sorts by time (version 7).</summary>
    Guid NewTimeGuid(long unixMs);
}
