using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Pipeline.Tests;

public sealed class TableParquetTests
{
    private static readonly Schema Columns = FieldIds.NewSchema(ColumnText.Parse("id: long!, name: string, at: struct<zip: string>, flag: boolean"));

    [Fact]
    public void PropertiesOfSingleColumnsReachTheWriter()
    {
        var options = Options(
            ("write.parquet.page-version", "v2"), ("write.parquet.bloom-filter-enabled.column.at.zip", "true"), ("write.parquet.bloom-filter-enabled.column.name", "false"),
            ("write.parquet.bloom-filter-max-bytes", "4096"), ("write.parquet.dict-encoding-enabled.column.name", "false"), ("k2i.parquet.encoding.column.id", "delta-binary-packed"));
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
            ("write.parquet.bloom-filter-enabled.column.gone", "true"), ("write.parquet.bloom-filter-enabled.column.flag", "true"), ("write.parquet.bloom-filter-enabled.column.at", "true"),
            ("write.parquet.bloom-filter-enabled.column.id", "true"), ("k2i.parquet.encoding.column.gone", "plain"), ("k2i.parquet.encoding.column.name", "byte-stream-split")).Fitting(Columns);
        Assert.Equal("id", Assert.Single(options.BloomFilters));
        Assert.Empty(options.Encodings);
    }

    [Fact]
    public void AnEncodingThatIsNoneIsRefused()
    {
        var error = Assert.Throws<EngineException>(() => Options(("k2i.parquet.encoding.column.id", "7")));
        Assert.Contains("k2i.parquet.encoding.column.id = 7: expected dictionary, plain,", error.Message, StringComparison.Ordinal);
    }

    private static ParquetOptions Options(params (string Key, string Value)[] properties) => TableParquet.OptionsOf(
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
