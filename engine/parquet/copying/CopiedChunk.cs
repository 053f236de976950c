namespace K2I.Parquet;

/// <summary>
/// A column chunk that was copied: how far its pages moved, where its Bloom filter is now, and its indexes as they are to be written.
/// </summary>
internal sealed record CopiedChunk(long Moved, long BloomFilterAt, byte[] OffsetIndex, byte[] ColumnIndex);
