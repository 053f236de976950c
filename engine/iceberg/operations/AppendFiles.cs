using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Adds data files. Operation <c>append</c>.</summary>
/// <remarks>The same file must not be appended twice: within one action that is refused, across actions the fence is what tells.</remarks>
public sealed class AppendFiles(string branch = SnapshotRef.Main) : FileChange(branch)
{
    /// <summary>Complete data files; each names its spec, which the table must have.</summary>
    public ImmutableArray<DataFile> Files { get; init; } = [];

    private protected override FileChanges Changes => new() { Data = Files };

    private protected override string OperationOf(FileChanges changes, bool removesData) => "append";
}
