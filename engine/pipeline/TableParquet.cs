using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Pipeline;

/// <summary>How a table wants its data files, by its properties (Iceberg's names and, but for zstd's level, defaults).</summary>
internal static class TableParquet
{
    internal static ParquetOptions OptionsOf(TableMetadata table, long mostRowGroupBytes)
    {
        var defaults = ParquetOptions.Default;
        var codec = table.Property(TableProperties.ParquetCodec) ?? "zstd";
        return defaults with
        {
            Codec = codec.ToLowerInvariant() switch
            {
                "zstd" => ParquetCodec.Zstd,
                "snappy" => ParquetCodec.Snappy,
                "gzip" => ParquetCodec.Gzip,
                "lz4" or "lz4_raw" => ParquetCodec.Lz4Raw,
                "uncompressed" or "none" => ParquetCodec.Uncompressed,
                _ => throw new EngineException(ErrorKind.Unsupported, $"{TableProperties.ParquetCodec} = {codec}: expected zstd, snappy, gzip, lz4 or uncompressed"),
            },
            CompressionLevel = (int)Math.Clamp(table.LongProperty("write.parquet.compression-level", 0), 0, 22),
            RowGroupBytes = Math.Clamp(table.LongProperty("write.parquet.row-group-size-bytes", defaults.RowGroupBytes), 1 << 20, mostRowGroupBytes),
            PageBytes = (int)Math.Clamp(table.LongProperty("write.parquet.page-size-bytes", defaults.PageBytes), 4 << 10, 64 << 20),
            PageRows = (int)Math.Clamp(table.LongProperty("write.parquet.page-row-limit", defaults.PageRows), 1, 1 << 20),
            DictionaryBytes = (int)Math.Clamp(table.LongProperty("write.parquet.dict-size-bytes", defaults.DictionaryBytes), 0, 64 << 20),
        };
    }
}
