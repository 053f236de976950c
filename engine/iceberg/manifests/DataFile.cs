using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>One data or delete file as a manifest describes it. Maps are by field id of leaf columns. Source: table spec, "Manifests".</summary>
public sealed record DataFile
{
    public FileContent Content { get; init; }

    /// <summary>Full location; compared as text.</summary>
    public required string FilePath { get; init; }

    /// <summary><c>PARQUET</c> for everything this build writes.</summary>
    public string FileFormat { get; init; } = "PARQUET";

    /// <summary>The spec the file was written under; its manifest says it.</summary>
    public int SpecId { get; init; }

    public PartitionTuple Partition { get; init; } = PartitionTuple.Empty;

    public required long RecordCount { get; init; }

    /// <summary>The file's exact length: readers find the footer by it.</summary>
    public required long FileSizeBytes { get; init; }

    /// <summary>Compressed bytes.</summary>
    public IReadOnlyDictionary<int, long>? ColumnSizes { get; init; }

    /// <summary>Values, nulls and NaNs included.</summary>
    public IReadOnlyDictionary<int, long>? ValueCounts { get; init; }

    public IReadOnlyDictionary<int, long>? NullValueCounts { get; init; }

    public IReadOnlyDictionary<int, long>? NanValueCounts { get; init; }

    /// <summary>No value is below; a <see cref="SingleValue"/>, possibly cut.</summary>
    public IReadOnlyDictionary<int, byte[]>? LowerBounds { get; init; }

    /// <summary>No value is above.</summary>
    public IReadOnlyDictionary<int, byte[]>? UpperBounds { get; init; }

    public byte[]? KeyMetadata { get; init; }

    /// <summary>Where row groups start, ascending; none if not known.</summary>
    public ImmutableArray<long> SplitOffsets { get; init; } = [];

    /// <summary>Equality deletes: the field ids rows are matched by.</summary>
    public ImmutableArray<int> EqualityIds { get; init; } = [];

    public int? SortOrderId { get; init; }

    /// <summary>Version 3: the row id of the first row; null until a snapshot assigns it.</summary>
    public long? FirstRowId { get; init; }

    /// <summary>The one data file that all the deletes concern.</summary>
    public string? ReferencedDataFile { get; init; }

    /// <summary>Deletion vectors: where the blob lies in its file.</summary>
    public long? ContentOffset { get; init; }

    public long? ContentSizeBytes { get; init; }

    public bool IsDeletionVector => Content == FileContent.PositionDeletes && string.Equals(FileFormat, "PUFFIN", StringComparison.OrdinalIgnoreCase);
}
