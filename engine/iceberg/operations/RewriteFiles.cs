using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Replaces files by others that hold the same rows: compaction. Operation <c>replace</c>.</summary>
/// <remarks>
/// Aborts if a file to be replaced has gone, or if another commit deleted rows of one since <see cref="StartSnapshotId"/>, for the new files would bring
/// them back. Equality deletes are harmless where <see cref="DataSequenceNumber"/> keeps the new files as old as what they replace.
/// </remarks>
public sealed class RewriteFiles(string branch = SnapshotRef.Main) : FileChange(branch)
{
    /// <summary>The snapshot that was read.</summary>
    public required SnapshotId StartSnapshotId { get; init; }

    public ImmutableArray<DataFile> Replaced { get; init; } = [];

    public ImmutableArray<DataFile> ReplacedDeletes { get; init; } = [];

    public ImmutableArray<DataFile> Files { get; init; } = [];

    /// <summary>Position deletes and deletion vectors. Equality deletes are Invalid: as new ones they would take rows that came after those that they replace.</summary>
    public ImmutableArray<DataFile> DeleteFiles { get; init; } = [];

    /// <summary>The new data files': as a rule the sequence number of the snapshot that was read, so that newer equality deletes still apply.</summary>
    public long? DataSequenceNumber { get; init; }

    private protected override FileChanges Changes => new()
    {
        Data = Files,
        Deletes = DeleteFiles,
        RemovedData = Replaced,
        RemovedDeletes = ReplacedDeletes,
        DataSequenceNumber = DataSequenceNumber,
    };

    private protected override string OperationOf(FileChanges changes, bool removesData) => "replace";

    private protected override string? Conflict(Table table, Snapshot? parent, FileChanges changes, ManifestReader reader)
    {
        if (changes.Deletes.FirstOrDefault(f => f.Content == FileContent.EqualityDeletes) is { } equality)
            throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: {equality.FilePath}: a rewrite cannot bring equality deletes");
        if (parent?.SnapshotId == StartSnapshotId || (Replaced.IsEmpty && changes.Deletes.IsEmpty)) return null;
        if (ChangesSince.Of(table.Metadata, parent, StartSnapshotId, reader) is not { } since) return $"the branch's history does not reach back to snapshot {StartSnapshotId}, which was read";
        if (changes.Deletes.FirstOrDefault(f => f.IsDeletionVector && since.HasVectorOf(f.ReferencedDataFile!)) is { } second) return $"rows of data file {second.ReferencedDataFile} were deleted meanwhile";
        return NewDeletes.Concerning(Replaced, since, table.Metadata, equality: DataSequenceNumber is null);
    }
}
