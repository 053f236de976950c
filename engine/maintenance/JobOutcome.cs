using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>How a job ended, and what it did.</summary>
public sealed record JobOutcome
{
    /// <summary>
    /// Why nothing was changed, where another commit was in the way: files gone, rows deleted meanwhile. Null: it was done.
    /// </summary>
    public string? Conflict { get; init; }

    /// <summary>The snapshot it made; null if none.</summary>
    public SnapshotId? Snapshot { get; init; }

    public int FilesIn { get; init; }

    public int FilesOut { get; init; }

    public long RowsRewritten { get; init; }

    public long BytesRead { get; init; }

    public long BytesWritten { get; init; }

    /// <summary>Files removed from the store, and their bytes as far as they are known.</summary>
    public int FilesRemoved { get; init; }

    public long BytesRemoved { get; init; }

    /// <summary>Snapshots that expired.</summary>
    public int Snapshots { get; init; }

    /// <summary>What a person should know besides: files that could not be removed, orphans that are only reported.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
