namespace K2I.Pipeline;

/// <summary>How a table's part of the memory is divided: five eighths for the ring, an eighth each for fetched records and for the row group being encoded, an eighth for what the libraries add.</summary>
internal readonly record struct MemoryShares(long RingBytes, long FetchBytes, long RowGroupBytes)
{
    internal static MemoryShares Of(long tableBytes) => new(
        Math.Max(1 << 20, tableBytes / 8 * 5),
        // librdkafka keeps about as much again beside what it has fetched.
        Math.Clamp(tableBytes / 16, 2 << 20, 64 << 20),
        Math.Max(1 << 20, tableBytes / 8));
}
