using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// How a table's part of the memory is divided, in bytes: an eighth each for fetched records, for the row group being encoded and for what the libraries add; the
/// ring has the rest, five eighths. Where an eighth would be too little the ring has less: all of it together is never more than the table's part.
/// </summary>
internal readonly record struct MemoryShares(long RingBytes, long FetchBytes, long RowGroupBytes)
{
    private const long LeastFetchBytes = 1 << 20, MostFetchBytes = 64 << 20, LeastRowGroupBytes = 1 << 20;

    /// <summary>librdkafka keeps about as much again beside what it has fetched.</summary>
    internal const int FetchFactor = 2;

    internal static MemoryShares Of(long tableBytes)
    {
        Check.That(tableBytes >= EngineOptions.LeastTableMemoryBytes);
        var fetch = Math.Clamp(tableBytes / 8 / FetchFactor, LeastFetchBytes, MostFetchBytes);
        var rowGroup = Math.Max(LeastRowGroupBytes, tableBytes / 8);
        return new(tableBytes - tableBytes / 8 - fetch * FetchFactor - rowGroup, fetch, rowGroup);
    }
}
