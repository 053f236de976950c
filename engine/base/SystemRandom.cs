namespace K2I.Base;

/// <summary>The process's own randomness.</summary>
public sealed class SystemRandom : IRandom
{
    public static readonly SystemRandom Instance = new();

    private SystemRandom()
    {
    }

    public long NextInt64(long exclusiveMax) => Random.Shared.NextInt64(exclusiveMax);

    public Guid NewGuid() => Guid.NewGuid();

    public Guid NewTimeGuid(long unixMs) => Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));
}
