using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>What to read from a file: fields of a table's schema, found in the file by id, or by name where it has no ids.</summary>
public sealed record ReadRequest
{
    /// <summary>The wanted fields, in the types they are wanted in.</summary>
    public required Schema Schema { get; init; }

    /// <summary>Ids for a file without any; without these, fields are found by their names.</summary>
    public ImmutableArray<NameMap> Names { get; init; } = [];

    /// <summary>
    /// What fields that the file lacks hold, by field id: a value as columns hold it (<see cref="ColumnView.Bytes"/>: little-endian numbers, a byte for a
    /// boolean, text); for a struct anything, to say that it is not null. Other missing fields are null.
    /// </summary>
    public IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Missing { get; init; } = ImmutableDictionary<int, ReadOnlyMemory<byte>>.Empty;

    /// <summary>What nulls become, by field id, in columns (not fields of structs) of type long; all rows are null where the file lacks the column.</summary>
    public IReadOnlyDictionary<int, NullFill> NullFills { get; init; } = ImmutableDictionary<int, NullFill>.Empty;

    /// <summary>Asked before a row group is read; false passes over it. Without it all are read.</summary>
    public Func<RowGroupStatistics, bool>? Keep { get; init; }

    /// <summary>
    /// Asked for each row group that is kept: which of its rows to read; null for all of them. Pages without such a row are neither fetched nor decoded
    /// where the file has page indexes. A batch never crosses a gap between ranges.
    /// </summary>
    public Func<RowGroupStatistics, RowSelection?>? Rows { get; init; }
}
