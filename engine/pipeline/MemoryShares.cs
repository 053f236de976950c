using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// How the memory is divided, in bytes: an eighth each for fetched records of all lanes, for the row groups being encoded and for what the libraries add; the
/// pool of rows has the rest, five eighths. Where an eighth would be too little the pool has less: all of it together is never more than the whole.
/// </summary>
/// <param name="PoolBytes">For rows.</param>
/// <param name="LaneFetchBytes">For what one lane's consumer has fetched.</param>
/// <param name="RowGroupBytes">For one row group that is being encoded.</param>
/// <param name="Encoders">Row groups that may be encoded at a time.</param>
internal readonly record struct MemoryShares(long PoolBytes, long LaneFetchBytes, long RowGroupBytes, int Encoders)
{
    private const long LeastFetchBytes = 1 << 20, MostFetchBytes = 64 << 20, LeastRowGroupBytes = 1 << 20;

    /// <summary>librdkafka keeps about as much again beside what it has fetched.</summary>
    internal const int FetchFactor = 2;

    /// <param name="bytes">The whole: at least <see cref="EngineOptions.LeastMemoryBytes"/>, and as much again for each lane.</param>
    /// <param name="lanes">Consumers that fetch.</param>
    /// <param name="mostEncoders">Row groups that would be encoded at a time, if there is memory for them.</param>
    internal static MemoryShares Of(long bytes, int lanes, int mostEncoders)
    {
        Check.That(bytes >= EngineOptions.LeastMemoryBytes * lanes);
        var fetch = Math.Clamp(bytes / 8 / FetchFactor / lanes, LeastFetchBytes, MostFetchBytes);
        var encoders = (int)Math.Clamp(bytes / 8 / LeastRowGroupBytes, 1, mostEncoders);
        var rowGroup = Math.Max(LeastRowGroupBytes, bytes / 8 / encoders);
        return new(bytes - (bytes / 8) - (fetch * FetchFactor * lanes) - (rowGroup * encoders), fetch, rowGroup, encoders);
    }
}
