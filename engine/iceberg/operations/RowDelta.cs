using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Adds rows and deletes rows of files in the table, in one snapshot: an upsert. Operation <c>append</c>, <c>delete</c> or <c>overwrite</c>, by what it has.</summary>
/// <remarks>
/// Deletes by position are bound to files: if another commit took such a file away since <see cref="StartSnapshotId"/>, or gave it a deletion vector, the
/// action aborts (the rows have to be looked up again), for committed regardless the deletes would hit nothing and the rows come back.
/// </remarks>
public sealed class RowDelta(string branch = SnapshotRef.Main) : FileChange(branch)
{
    /// <summary>Data files to add; each names its spec, which the table must have.</summary>
    public ImmutableArray<DataFile> DataFiles { get; init; } = [];

    /// <summary>Position and equality delete files, deletion vectors.</summary>
    public ImmutableArray<DataFile> DeleteFiles { get; init; } = [];

    /// <summary>Delete files that the new ones take in.</summary>
    public ImmutableArray<DataFile> ReplacedDeletes { get; init; } = [];

    /// <summary>The head of the branch when the deleted rows were found; without it every attempt looks through all of the table's files.</summary>
    public SnapshotId? StartSnapshotId { get; init; }

    /// <summary>Data files besides those that <see cref="DeleteFiles"/> reference by themselves which must be in the table still.</summary>
    public ImmutableArray<string> ReferencedFiles { get; init; } = [];

    /// <summary>Abort also if data files that may hold such rows were added since <see cref="StartSnapshotId"/>: what was looked for and not found may be there now.</summary>
    public ScanFilter? NoNewRows { get; init; }

    private protected override FileChanges Changes => new() { Data = DataFiles, Deletes = DeleteFiles, RemovedDeletes = ReplacedDeletes };

    private protected override string OperationOf(FileChanges changes, bool removesData) =>
        changes.Deletes.IsEmpty && !changes.Data.IsEmpty ? "append" : changes.Data.IsEmpty ? "delete" : "overwrite";

    private protected override string? Conflict(Table table, Snapshot? parent, FileChanges changes, ManifestReader reader)
    {
        var referenced = changes.Deletes.Where(f => f.ReferencedDataFile is not null).Select(f => f.ReferencedDataFile!).Concat(ReferencedFiles).ToHashSet(StringComparer.Ordinal);
        referenced.ExceptWith(changes.Data.Select(f => f.FilePath));
        var vectors = changes.Deletes.Where(f => f.IsDeletionVector).Select(f => f.ReferencedDataFile!).ToHashSet(StringComparer.Ordinal);
        if (referenced.Count == 0 && NoNewRows is null || parent?.SnapshotId == StartSnapshotId && StartSnapshotId is not null) return null;
        var since = StartSnapshotId is { } start ? ChangesSince.Of(table.Metadata, parent, start, reader) : null;
        if (NoNewRows is { } rows)
        {
            if (since is null) return $"the branch's history does not reach back to snapshot {StartSnapshotId}: whether new rows are in the way cannot be told";
            if (since.NewRows(rows, table.Metadata) is { } conflict) return conflict;
        }
        if (since is not null)
        {
            if (since.Removed.FirstOrDefault(e => e.File.Content == FileContent.Data && referenced.Contains(e.File.FilePath)) is { } gone) return Gone(gone.File.FilePath);
            return vectors.FirstOrDefault(since.HasVectorOf) is { } taken ? Taken(taken) : null;
        }
        return Search(table, parent, referenced, vectors, reader);
    }

    /// <summary>The same question without a history: are the files there, and none of them with a vector that is not replaced?</summary>
    private string? Search(Table table, Snapshot? parent, HashSet<string> referenced, HashSet<string> vectors, ManifestReader reader)
    {
        var replaced = ReplacedDeletes.Select(FileKey.Of).ToHashSet();
        foreach (var entry in parent is null ? [] : reader.LiveEntries(table.Metadata, parent))
        {
            if (entry.File.Content == FileContent.Data) referenced.Remove(entry.File.FilePath);
            else if (entry.File.IsDeletionVector && vectors.Contains(entry.File.ReferencedDataFile!) && !replaced.Contains(FileKey.Of(entry.File))) return Taken(entry.File.ReferencedDataFile!);
        }
        return referenced.Count == 0 ? null : Gone(referenced.First());
    }

    private static string Gone(string path) => $"data file {path}, which has rows to be deleted, is not in the table any more";

    private static string Taken(string path) => $"rows of data file {path} were deleted meanwhile";
}
