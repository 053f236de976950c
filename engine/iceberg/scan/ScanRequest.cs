using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Which rows and columns of a table to read.</summary>
public sealed record ScanRequest
{
    /// <summary>A snapshot by its id; with neither this nor <see cref="Reference"/>, the current one.</summary>
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>A branch or tag.</summary>
    public string? Reference { get; init; }

    /// <summary>Columns by name, structs' fields by dotted path, in the order wanted; none means all.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>Only rows that meet it; files and row groups that cannot hold any are passed over.</summary>
    public ScanFilter? Filter { get; init; }

    /// <summary>
    /// Adds <c>_file</c>, <c>_pos</c>, <c>_spec_id</c> and, in version 3, <c>_row_id</c> and <c>_last_updated_sequence_number</c> after the
    /// columns.
    /// </summary>
    public bool MetadataColumns { get; init; }

    /// <summary>Adds <c>_row_id</c> and <c>_last_updated_sequence_number</c> alone; of a table of version 3.</summary>
    public bool RowLineage { get; init; }

    /// <summary>Fields whose metrics planned files keep; null: all. Not with a <see cref="Filter"/>, which goes by them.</summary>
    public IReadOnlySet<int>? MetricsOf { get; init; }

    /// <summary>
    /// The table's schema as it is about to be, where the metadata has yet to be told: columns that files lack are as if added since. Null
    /// for the metadata's.
    /// </summary>
    public Schema? Schema { get; init; }

    /// <summary>Called before each batch that is read, also where no row of it meets the filter: what it throws ends the scan.</summary>
    public Action? BetweenBatches { get; init; }

    /// <summary>
    /// Most memory that keys of equality deletes may take, all of those read for the scan together; beyond that it ends, as Unsupported.
    /// </summary>
    public long MostKeyBytes { get; init; } = long.MaxValue;

    /// <summary>Rows a batch may have.</summary>
    public int BatchRows { get; init; } = 16_384;
}
