using System.Collections.Immutable;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>How a job ended, and what it did.</summary>
public sealed record JobOutcome
{
    /// <summary>
    /// Why nothing was changed: another commit was in the way (files gone, rows deleted meanwhile), or it looked wrong. Null: it was done.
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

    /// <summary>Files and unfinished objects that were to be removed and could not be.</summary>
    public int FilesFailed { get; init; }

    /// <summary>Snapshots that expired.</summary>
    public int Snapshots { get; init; }

    /// <summary>Files that the table does not name, and that were not removed.</summary>
    public ImmutableArray<StoredFile> Orphans { get; init; } = [];

    /// <summary>Objects that were begun and never ended, and that were given up.</summary>
    public int UnfinishedAborted { get; init; }

    /// <summary>Those that were only found.</summary>
    public ImmutableArray<UnfinishedObject> Unfinished { get; init; } = [];

    /// <summary>What a person should know besides: files that could not be removed, orphans that are only reported.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
