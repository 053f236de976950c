using System.Collections.Immutable;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>How a table wants its data files, by its properties (Iceberg's names and, but for zstd's level, defaults).</summary>
public static class ParquetProperties
{
    public const string CompressionLevel = "write.parquet.compression-level", RowGroupBytes = "write.parquet.row-group-size-bytes",
        PageBytes = "write.parquet.page-size-bytes", PageRows = "write.parquet.page-row-limit", PageVersion = "write.parquet.page-version",
        DictionaryBytes = "write.parquet.dict-size-bytes", BloomFilterMaxBytes = "write.parquet.bloom-filter-max-bytes",
        TargetFileBytes = "write.target-file-size-bytes";

    /// <summary>
    /// Of single columns, by their path: how their values are encoded, in the words of <see cref="Encodings"/>. This engine's own.
    /// </summary>
    public const string ColumnEncodingPrefix = "k2i.parquet.encoding.column.";

    public const long DefaultTargetFileBytes = 512L << 20;

    /// <summary>Of single columns, by their path.</summary>
    private const string BloomFilterPrefix = "write.parquet.bloom-filter-enabled.column.",
        DictionaryPrefix = "write.parquet.dict-encoding-enabled.column.";

    /// <summary>The names of encodings, for people.</summary>
    public const string Encodings =
        "dictionary, plain, delta-binary-packed, delta-length-byte-array, delta-byte-array or byte-stream-split";

    /// <summary>
    /// What is said of single columns may not fit every schema that rows come in: <see cref="ParquetOptions.Fitting"/>. A value of no use
    /// counts as none.
    /// </summary>
    public static ParquetOptions OptionsOf(TableMetadata table, long mostRowGroupBytes)
    {
        var defaults = ParquetOptions.Default;
        return defaults with
        {
            Codec = CodecOf(table.Property(TableProperties.ParquetCodec) ?? "") ?? ParquetCodec.Zstd,
            CompressionLevel = (int)Math.Clamp(table.LongProperty(CompressionLevel, 0), 0, 22),
            RowGroupBytes = Math.Clamp(table.LongProperty(RowGroupBytes, defaults.RowGroupBytes), 1 << 20, mostRowGroupBytes),
            PageBytes = (int)Math.Clamp(table.LongProperty(PageBytes, defaults.PageBytes), 4 << 10, 64 << 20),
            PageRows = (int)Math.Clamp(table.LongProperty(PageRows, defaults.PageRows), 1, 1 << 20),
            DataPageV2 = string.Equals(table.Property(PageVersion), "v2", StringComparison.OrdinalIgnoreCase),
            Encodings = EncodingsOf(table),
            BloomFilters = [.. Columns(table, BloomFilterPrefix).Where(c => Is(c.Value, "true")).Select(c => c.Path)],
            BloomFilterMaxBytes = (int)Math.Clamp(table.LongProperty(BloomFilterMaxBytes, defaults.BloomFilterMaxBytes), 32, 64 << 20),
            DictionaryBytes = (int)Math.Clamp(table.LongProperty(DictionaryBytes, defaults.DictionaryBytes), 0, 64 << 20),
        };
    }

    /// <summary>What data files should grow to; a new one is begun then.</summary>
    public static long TargetFileBytesOf(TableMetadata table) => Math.Max(1, table.LongProperty(TargetFileBytes, DefaultTargetFileBytes));

    /// <summary>The codec of this name; null for one that is not written, such as brotli.</summary>
    public static ParquetCodec? CodecOf(string name) => name.ToLowerInvariant() switch
    {
        "zstd" => ParquetCodec.Zstd,
        "snappy" => ParquetCodec.Snappy,
        "gzip" => ParquetCodec.Gzip,
        "lz4" or "lz4_raw" => ParquetCodec.Lz4Raw,
        "uncompressed" or "none" => ParquetCodec.Uncompressed,
        _ => null,
    };

    /// <summary>The encoding of this name; null if there is none.</summary>
    public static ColumnEncoding? EncodingOf(string name) =>
        !name.Any(char.IsAsciiDigit)
            && Enum.TryParse<ColumnEncoding>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var encoding)
            ? encoding : null;

    private static ImmutableDictionary<string, ColumnEncoding> EncodingsOf(TableMetadata table)
    {
        var encodings = ImmutableDictionary.CreateBuilder<string, ColumnEncoding>();
        foreach (var (path, value) in Columns(table, DictionaryPrefix))
            if (!Is(value, "true")) encodings[path] = ColumnEncoding.Plain;
        foreach (var (path, value) in Columns(table, ColumnEncodingPrefix))
            if (EncodingOf(value) is { } encoding) encodings[path] = encoding;
        return encodings.ToImmutable();
    }

    private static IEnumerable<(string Path, string Value)> Columns(TableMetadata table, string prefix) =>
        table.Properties.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(p => (p.Key[prefix.Length..], p.Value));

    private static bool Is(string value, string wanted) => string.Equals(value, wanted, StringComparison.OrdinalIgnoreCase);
}
