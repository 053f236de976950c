using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// Which values of table properties are of use, for every property that K2I goes by and that not every text is of use for (what is not true is false). Any
/// engine may set them to anything: what is of no use never stops a table, the default is taken.
/// </summary>
internal static class PropertyRules
{
    private static readonly Rule[] All =
    [
        new(TableProperties.ParquetCodec, v => ParquetProperties.CodecOf(v) is not null, "zstd, snappy, gzip, lz4 or uncompressed", "zstd"),
        Number(ParquetProperties.CompressionLevel),
        Number(ParquetProperties.RowGroupBytes),
        Number(ParquetProperties.PageBytes),
        Number(ParquetProperties.PageRows),
        Number(ParquetProperties.DictionaryBytes),
        Number(ParquetProperties.BloomFilterMaxBytes),
        Number(ParquetProperties.TargetFileBytes),
        new(ParquetProperties.PageVersion, v => Is(v, "v1", "v2"), "v1 or v2", "v1"),
        new(ParquetProperties.ColumnEncodingPrefix, v => ParquetProperties.EncodingOf(v) is not null, ParquetProperties.Encodings, "the encoding that takes least"),
        new(TableProperties.MetricsDefault, v => MetricsMode.TryParse(v, out _), MetricsMode.Expected, "truncate(16)"),
        new(TableProperties.MetricsColumnPrefix, v => MetricsMode.TryParse(v, out _), MetricsMode.Expected, "the table's default"),
        Number(TableProperties.MetricsMaxInferred),
        new(TableProperties.MetadataCodec, v => Is(v, "none", "gzip"), "none or gzip", "none"),
        Number(TableProperties.PreviousVersionsMax),
        Number(TableProperties.ManifestTargetBytes),
        Number(TableProperties.ManifestMinMerge),
        new(TableProperties.ManifestCodec, v => Is(v, "gzip", "uncompressed"), "gzip or uncompressed", "gzip"),
        Number(TableProperties.RetryCount),
        Number(TableProperties.RetryTotalMs),
    ];

    /// <summary>Those of a table's properties that are passed over.</summary>
    internal static IEnumerable<UnusableProperty> Unusable(TableMetadata table)
    {
        foreach (var (key, value) in table.Properties)
            if (FlawOf(key, value) is { } flaw) yield return flaw;
    }

    /// <summary>Null for a value that is of use, and for a property that K2I does not go by.</summary>
    internal static UnusableProperty? FlawOf(string key, string value)
    {
        foreach (var rule in All)
            if (rule.IsFor(key) && !rule.Takes(value)) return new(key, value, rule.Expected, rule.Instead);
        return null;
    }

    private static Rule Number(string key) => new(key, v => TableMetadata.TryNumber(v, out _), "a whole number", "the default");

    private static bool Is(string value, string one, string other) =>
        string.Equals(value, one, StringComparison.OrdinalIgnoreCase) || string.Equals(value, other, StringComparison.OrdinalIgnoreCase);

    /// <param name="Key">The property; of single columns, with the dot before the column.</param>
    /// <param name="Takes">True for a value of use.</param>
    /// <param name="Expected">The values of use, for people.</param>
    /// <param name="Instead">What is taken where there is none, for people.</param>
    private sealed record Rule(string Key, Func<string, bool> Takes, string Expected, string Instead)
    {
        internal bool IsFor(string key) => Key.EndsWith('.') ? key.StartsWith(Key, StringComparison.Ordinal) : key == Key;
    }
}
