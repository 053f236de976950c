using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Pipeline;

/// <summary>How a table wants its data files, by its properties (Iceberg's names and, but for zstd's level, defaults).</summary>
internal static class TableParquet
{
    /// <summary>Of single columns, by their path; the last is K2I's own.</summary>
    private const string BloomFilterPrefix = "write.parquet.bloom-filter-enabled.column.", DictionaryPrefix = "write.parquet.dict-encoding-enabled.column.", EncodingPrefix = "k2i.parquet.encoding.column.";

    /// <summary>What is said of single columns may not fit every schema that rows come in: <see cref="ParquetOptions.Fitting"/>.</summary>
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
            DataPageV2 = string.Equals(table.Property("write.parquet.page-version"), "v2", StringComparison.OrdinalIgnoreCase),
            Encodings = EncodingsOf(table),
            BloomFilters = [.. Columns(table, BloomFilterPrefix).Where(c => IsTrue(c.Value)).Select(c => c.Path)],
            BloomFilterMaxBytes = (int)Math.Clamp(table.LongProperty("write.parquet.bloom-filter-max-bytes", defaults.BloomFilterMaxBytes), 32, 64 << 20),
            DictionaryBytes = (int)Math.Clamp(table.LongProperty("write.parquet.dict-size-bytes", defaults.DictionaryBytes), 0, 64 << 20),
        };
    }

    private static ImmutableDictionary<string, ColumnEncoding> EncodingsOf(TableMetadata table)
    {
        var encodings = ImmutableDictionary.CreateBuilder<string, ColumnEncoding>();
        foreach (var (path, value) in Columns(table, DictionaryPrefix))
            if (!IsTrue(value)) encodings[path] = ColumnEncoding.Plain;
        foreach (var (path, value) in Columns(table, EncodingPrefix))
            encodings[path] = !value.Any(char.IsAsciiDigit) && Enum.TryParse<ColumnEncoding>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var encoding)
                ? encoding
                : throw new EngineException(ErrorKind.Unsupported, $"{EncodingPrefix}{path} = {value}: expected dictionary, plain, delta-binary-packed, delta-length-byte-array, delta-byte-array or byte-stream-split");
        return encodings.ToImmutable();
    }

    private static IEnumerable<(string Path, string Value)> Columns(TableMetadata table, string prefix) =>
        table.Properties.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(p => (p.Key[prefix.Length..], p.Value));

    private static bool IsTrue(string value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
