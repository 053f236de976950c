using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance.Tests;

/// <summary>What a test says is done with the table beside its jobs.</summary>
internal sealed class TestUse : ITableUse
{
    public const string SummaryKey = "test.carried";

    public HashSet<SnapshotId> Snapshots { get; } = [];

    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Called whenever a job asks which snapshots are in use.</summary>
    public Action Asked { get; set; } = () => { };

    public ImmutableSortedDictionary<string, string> SummaryOf(Table table) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(SummaryKey, $"on {table.Metadata.CurrentSnapshotId}");

    public ImmutableSortedDictionary<string, string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced) =>
        ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableHashSet<SnapshotId> SnapshotsInUse()
    {
        Asked();
        return [.. Snapshots];
    }

    public bool IsInUse(string location) => Files.Contains(location);
}
