namespace K2I.Parquet;

/// <summary>How much is read at a time, and how much a file may ask for.</summary>
public sealed record ParquetReadOptions
{
    public static ParquetReadOptions Default { get; } = new();

    /// <summary>Rows a batch may have.</summary>
    public int BatchRows { get; init; } = 16_384;

    /// <summary>A batch ends early when one of its columns has this many bytes; a single row may exceed it.</summary>
    public int BatchBytes { get; init; } = 8 << 20;

    /// <summary>Bytes asked of the source at a time, per column.</summary>
    public int ReadAheadBytes { get; init; } = 1 << 20;

    /// <summary>A page that says it is larger, compressed or not, is refused.</summary>
    public int MaxPageBytes { get; init; } = 512 << 20;

    /// <summary>A footer that says it is larger is refused.</summary>
    public int MaxFooterBytes { get; init; } = 128 << 20;

    /// <summary>Native memory the reader may hold; a file that needs more is refused as Full.</summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>Compare pages with their CRC where they have one.</summary>
    public bool VerifyChecksums { get; init; } = true;
}
