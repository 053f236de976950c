namespace K2I.Parquet;

/// <summary>How pages are compressed. The numbers are the format's (parquet.thrift, CompressionCodec).</summary>
public enum ParquetCodec
{
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Zstd = 6,

    /// <summary>LZ4 blocks without a frame.</summary>
    Lz4Raw = 7,
}
