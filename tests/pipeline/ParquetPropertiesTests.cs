using System.Collections.Immutable;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Pipeline.Tests;

public sealed class ParquetPropertiesTests
{
    private static readonly Schema Columns = FieldIds.NewSchema(
        ColumnText.Parse("id: long!, name: string, at: struct<zip: string>, flag: boolean"));

    [Fact]
    public void PropertiesOfSingleColumnsReachTheWriter()
    {
        var options = Options(
            ("write.parquet.page-version", "v2"), ("write.parquet.bloom-filter-enabled.column.at.zip", "true"),
                ("write.parquet.bloom-filter-enabled.column.name", "false"),
            ("write.parquet.bloom-filter-max-bytes", "4096"), ("write.parquet.dict-encoding-enabled.column.name", "false"),
                ("k2i.parquet.encoding.column.id", "delta-binary-packed"));
        Assert.True(options.DataPageV2);
        Assert.Equal("at.zip", Assert.Single(options.BloomFilters));
        Assert.Equal(4096, options.BloomFilterMaxBytes);
        Assert.Equal(2, options.Encodings.Count);
        Assert.Equal(ColumnEncoding.Plain, options.Encodings["name"]);
        Assert.Equal(ColumnEncoding.DeltaBinaryPacked, options.Encodings["id"]);
        Assert.Equal(options, options.Fitting(Columns));
    }

    /// <summary>Rows may wait in a schema of before a column was renamed, and other engines set what they like.</summary>
    [Fact]
    public void WhatDoesNotFitASchemaIsLeftOut()
    {
        var options = Options(
            ("write.parquet.bloom-filter-enabled.column.gone", "true"), ("write.parquet.bloom-filter-enabled.column.flag", "true"),
                ("write.parquet.bloom-filter-enabled.column.at", "true"),
            ("write.parquet.bloom-filter-enabled.column.id", "true"), ("k2i.parquet.encoding.column.gone", "plain"),
                ("k2i.parquet.encoding.column.name", "byte-stream-split")).Fitting(Columns);
        Assert.Equal("id", Assert.Single(options.BloomFilters));
        Assert.Empty(options.Encodings);
    }

    /// <summary>Brotli is a codec of Iceberg that is not written here; every reader reads zstd.</summary>
    [Theory]
    [InlineData("write.parquet.compression-codec", "brotli", "zstd, snappy, gzip, lz4 or uncompressed")]
    [InlineData("write.parquet.compression-level", "best", "a whole number")]
    [InlineData("write.parquet.row-group-size-bytes", "abc", "a whole number")]
    [InlineData("write.parquet.page-size-bytes", "1MiB", "a whole number")]
    [InlineData("write.parquet.page-row-limit", "", "a whole number")]
    [InlineData("write.parquet.page-version", "3", "v1 or v2")]
    [InlineData("write.parquet.dict-size-bytes", "1e6", "a whole number")]
    [InlineData("write.parquet.bloom-filter-max-bytes", "-", "a whole number")]
    [InlineData("write.target-file-size-bytes", "512MB", "a whole number")]
    [InlineData("k2i.parquet.encoding.column.id", "7", "dictionary, plain,")]
    [InlineData("write.metadata.metrics.default", "bogus", "none, counts,")]
    [InlineData("write.metadata.metrics.column.name", "truncate(0)", "none, counts,")]
    [InlineData("write.metadata.compression-codec", "zstd", "none or gzip")]
    [InlineData("write.manifest.compression-codec", "snappy", "gzip or uncompressed")]
    [InlineData("commit.retry.num-retries", "many", "a whole number")]
    public void AValueOfNoUseIsPassedOverForTheDefault(string key, string value, string expected)
    {
        var flaw = PropertyRules.FlawOf(key, value)!;
        Assert.Equal((key, value), (flaw.Key, flaw.Value));
        Assert.StartsWith(expected, flaw.Expected, StringComparison.Ordinal);
        var (chosen, standard) = (Options((key, value)), Options());
        Assert.Equal(standard with { Encodings = chosen.Encodings, BloomFilters = chosen.BloomFilters }, chosen);
        Assert.Empty(chosen.Encodings);
    }

    [Theory]
    [InlineData("write.parquet.compression-codec", "ZSTD")]
    [InlineData("write.parquet.compression-level", "19")]
    [InlineData("write.parquet.bloom-filter-enabled.column.gone", "true")]
    [InlineData("k2i.parquet.encoding.column.id", "delta-binary-packed")]
    [InlineData("write.metadata.metrics.default", "full")]
    [InlineData("write.object-storage.enabled", "what others go by")]
    public void AValueOfUseIsNot(string key, string value) => Assert.Null(PropertyRules.FlawOf(key, value));

    private static ParquetOptions Options(params (string Key, string Value)[] properties) => ParquetProperties.OptionsOf(
        new()
        {
            FormatVersion = 2,
            Uuid = "a",
            Location = "memory://t",
            LastUpdatedMs = 0,
            LastColumnId = 10,
            Schemas = [Columns],
            CurrentSchemaId = 0,
            Specs = [],
            DefaultSpecId = 0,
            LastPartitionId = 999,
            SortOrders = [],
            DefaultSortOrderId = 0,
            Properties = properties.ToImmutableSortedDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
        },
        128 << 20);
}
