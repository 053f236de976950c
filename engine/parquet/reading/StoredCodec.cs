namespace K2I.Parquet;

/// <summary>Every codec a file can name. The numbers are the format's (parquet.thrift, CompressionCodec).</summary>
internal enum StoredCodec
{
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>LZ4 blocks in Hadoop's frame, or without any: old writers did both.</summary>
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}
