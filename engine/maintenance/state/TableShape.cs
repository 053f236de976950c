namespace K2I.Maintenance;

/// <summary>How well a table is in shape, in numbers. Immutable.</summary>
public sealed record TableShape
{
    /// <summary>Live ones.</summary>
    public long DataFiles { get; init; }

    /// <summary>Those below three quarters of the size that they should have.</summary>
    public long SmallFiles { get; init; }

    /// <summary>Those that compaction leaves as they are: more equality deletes apply to each than a job keeps in memory.</summary>
    public long LeftFiles { get; init; }

    /// <summary>Of live data files.</summary>
    public long DataBytes { get; init; }

    /// <summary>When the oldest snapshot was made, in Unix milliseconds; 0 for none.</summary>
    public long OldestSnapshotUnixMs { get; init; }

    /// <summary>
    /// Bytes that were written, by those of them that came with rows, over the table's whole history; null where none came, or where the
    /// snapshots say nothing of it.
    /// </summary>
    public double? WriteAmplification { get; init; }

    public long AverageFileBytes => DataFiles == 0 ? 0 : DataBytes / DataFiles;

    /// <summary>Of the table, by what its policy says of the size of files.</summary>
    public static TableShape Of(TableInventory state, MaintenancePolicy policy)
    {
        var metadata = state.Table.Metadata;
        var rules = policy.Compaction ?? new CompactionPolicy();
        var enough = CompactionPlanner.Whole(rules.TargetBytesIn(metadata));
        return new TableShape
        {
            DataFiles = state.Files.Length,
            SmallFiles = state.Files.Count(f => f.Data.File.FileSizeBytes < enough),
            LeftFiles = state.Files.Count(f => CompactionInput.HasTooManyKeyDeletes(f, rules)),
            DataBytes = state.Files.Sum(f => f.Data.File.FileSizeBytes),
            OldestSnapshotUnixMs = metadata.Snapshots.Select(s => s.TimestampMs).DefaultIfEmpty(0).Min(),
            WriteAmplification = WrittenBytes.AmplificationOf(metadata),
        };
    }
}
