using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Removes data files, named or by a condition, and adds others in their place. Operation <c>overwrite</c>, <c>append</c> or <c>delete</c>, by what it comes to.</summary>
public sealed class OverwriteFiles(string branch = SnapshotRef.Main) : FileChange(branch)
{
    public ImmutableArray<DataFile> Files { get; init; } = [];

    /// <summary>Position deletes and deletion vectors of rows in <see cref="Files"/>.</summary>
    public ImmutableArray<DataFile> DeleteFiles { get; init; } = [];

    /// <summary>
    /// Of <see cref="Files"/>, where their rows are those of removed ones: that of the snapshot that was read, so that newer equality
    /// deletes still apply.
    /// </summary>
    public long? DataSequenceNumber { get; init; }

    public ImmutableArray<DataFile> Removed { get; init; } = [];

    /// <summary>Removes every data file all of whose rows meet it, as partitions do. A file where only some may is Invalid: it has to be written anew without them.</summary>
    public ScanFilter? RemovedRows { get; init; }

    /// <summary>The snapshot that was read. Abort if another commit has since deleted rows of <see cref="Removed"/> files, or any that may meet <see cref="RemovedRows"/>.</summary>
    public SnapshotId? StartSnapshotId { get; init; }

    /// <summary>Abort also if data files that may hold such rows were added since <see cref="StartSnapshotId"/>.</summary>
    public ScanFilter? NoNewRows { get; init; }

    private protected override FileChanges Changes => new()
    {
        Data = Files,
        Deletes = DeleteFiles,
        RemovedData = Removed,
        RemovedRows = RemovedRows,
        DataSequenceNumber = DataSequenceNumber,
    };

    private protected override string OperationOf(FileChanges changes, bool removesData) => !removesData ? "append" : changes.Data.IsEmpty ? "delete" : "overwrite";

    private protected override string? Conflict(Table table, Snapshot? parent, FileChanges changes, ManifestReader reader)
    {
        if (StartSnapshotId is not { } start || parent?.SnapshotId == start) return null;
        if (ChangesSince.Of(table.Metadata, parent, start, reader) is not { } since) return $"the branch's history does not reach back to snapshot {start}, which was read";
        if (NewDeletes.Concerning(Removed, since, table.Metadata, equality: DataSequenceNumber is null) is { } deleted) return deleted;
        if (RemovedRows is { } condition && since.LostRows(condition, table.Metadata) is { } lost) return lost;
        return NoNewRows is { } rows ? since.NewRows(rows, table.Metadata) : null;
    }
}
