using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>How a file is laid out and compressed. The defaults are those of Iceberg's Java writer, at a faster zstd level.</summary>
public sealed record ParquetOptions
{
    public static ParquetOptions Default { get; } = new();

    public ParquetCodec Codec { get; init; } = ParquetCodec.Zstd;

    /// <summary>Level of zstd or gzip; 0 means the default (zstd 1, gzip 6).</summary>
    public int CompressionLevel { get; init; }

    /// <summary>A row group ends when about this much of it is encoded.</summary>
    public long RowGroupBytes { get; init; } = 128L << 20;

    /// <summary>A data page ends with the row that brings it to this size before compression.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>Rows a data page may hold.</summary>
    public int PageRows { get; init; } = 20_000;

    /// <summary>A column's dictionary that outgrows this is closed: later pages are plain. 0: no dictionaries.</summary>
    public int DictionaryBytes { get; init; } = 2 << 20;

    /// <summary>Longest min or max kept in the file for strings and binary; longer ones are cut to a bound.</summary>
    public int StatisticsBytes { get; init; } = 64;

    /// <summary>A CRC-32 in each page header.</summary>
    public bool PageChecksums { get; init; } = true;

    /// <summary>Column and offset indexes after the row groups.</summary>
    public bool PageIndex { get; init; } = true;

    /// <summary>How the values of some columns are encoded, by path: field names from the root, joined by dots. The others: <see cref="ColumnEncoding.Dictionary"/>.</summary>
    public ImmutableDictionary<string, ColumnEncoding> Encodings { get; init; } = ImmutableDictionary<string, ColumnEncoding>.Empty;

    /// <summary>Data pages of version 2, whose levels are not compressed and lie ahead of the values. Not every reader knows them.</summary>
    public bool DataPageV2 { get; init; }

    /// <summary>Columns, by path as in <see cref="Encodings"/>, that get a Bloom filter in each row group: readers that look for one value pass over row groups without it.</summary>
    public ImmutableHashSet<string> BloomFilters { get; init; } = [];

    /// <summary>How often a Bloom filter may claim to have a value that it does not have.</summary>
    public double BloomFilterFalseChance { get; init; } = 0.01;

    /// <summary>A Bloom filter that would be larger claims more often instead.</summary>
    public int BloomFilterMaxBytes { get; init; } = 1 << 20;

    public ImmutableArray<SortingColumn> SortingColumns { get; init; } = [];

    /// <summary>The same without what is said of columns that a schema does not have, or whose type cannot have it: for options that outlive a schema.</summary>
    public ParquetOptions Fitting(Schema schema)
    {
        if (Encodings.IsEmpty && BloomFilters.IsEmpty) return this;
        var leaves = new List<SchemaNode>();
        SchemaNode.Build(schema, leaves);
        var types = leaves.DistinctBy(l => l.Path).ToDictionary(l => l.Path, l => PhysicalTypes.Of((PrimitiveType)l.Field.Type), StringComparer.Ordinal);
        return this with
        {
            Encodings = Encodings.RemoveRange(Encodings.Where(e => !types.TryGetValue(e.Key, out var type) || !ColumnChoices.Fits(e.Value, type)).Select(e => e.Key)),
            BloomFilters = BloomFilters.Except(BloomFilters.Where(path => !types.TryGetValue(path, out var type) || type == PhysicalType.Boolean)),
        };
    }

    public string CreatedBy { get; init; } = $"k2i version {typeof(ParquetOptions).Assembly.GetName().Version?.ToString(3)}";
}
