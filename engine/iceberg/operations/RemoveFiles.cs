using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Removes data files, named or by a condition; their rows are gone with the snapshot. Operation <c>delete</c>.</summary>
public sealed class RemoveFiles(string branch = SnapshotRef.Main) : FileChange(branch)
{
    public ImmutableArray<DataFile> Files { get; init; } = [];

    /// <summary>Every data file all of whose rows meet it; a file where only some may is Invalid.</summary>
    public ScanFilter? Rows { get; init; }

    private protected override FileChanges Changes => new() { RemovedData = Files, RemovedRows = Rows };

    private protected override string OperationOf(FileChanges changes, bool removesData) => "delete";
}
