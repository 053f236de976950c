using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>What a table is at one moment.</summary>
public sealed record TableInfo
{
    public required string Table { get; init; }

    /// <summary>Null while it has no columns yet.</summary>
    public required Schema? Schema { get; init; }

    /// <summary>The columns that rows are found by, in order; none where it has no key.</summary>
    public required ImmutableArray<string> Key { get; init; }

    /// <summary>Null before its first commit.</summary>
    public required SnapshotId? Snapshot { get; init; }

    /// <summary>How far it is.</summary>
    public required OffsetVector Offsets { get; init; }

    /// <summary>Other processes read partitions of it; see <see cref="ReadView.IsPartial"/>.</summary>
    public required bool IsPartial { get; init; }

    /// <summary>Rows in memory that are not in the snapshot.</summary>
    public required long HotRows { get; init; }

    /// <summary>Memory of the segments that have them.</summary>
    public required long HotBytes { get; init; }

    /// <summary>Rows in memory that are in the snapshot.</summary>
    public required long FlushedRows { get; init; }

    /// <summary>Memory of the segments that have them.</summary>
    public required long FlushedBytes { get; init; }
}
