namespace K2I.Cli.Bench;

/// <summary>Keeps a producer from running further ahead of its reader than the embedded broker remembers.</summary>
internal sealed class FeedGate
{
    /// <summary>Records of some 220 bytes that a partition of the embedded broker surely keeps.</summary>
    private const long AheadPerPartition = 8_000;

    private volatile Func<long> consumed = () => 0;

    internal Func<long> Consumed
    {
        set => consumed = value;
    }

    /// <summary>Waits until <paramref name="produced"/> is near enough to what was consumed.</summary>
    internal void Wait(long produced, int partitions)
    {
        while (produced - consumed() > AheadPerPartition * partitions) Thread.Sleep(1);
    }
}
