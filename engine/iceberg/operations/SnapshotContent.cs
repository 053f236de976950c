using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>What an action puts into a snapshot of one particular base: its manifests in list order, and what to say about it.</summary>
/// <param name="Operation">append, overwrite, replace or delete.</param>
/// <param name="Before">The parent's manifests.</param>
/// <param name="Manifests">The snapshot's manifests.</param>
/// <param name="Summary">What was added and removed.</param>
internal sealed record SnapshotContent(string Operation, IReadOnlyList<ManifestFile> Before, ImmutableArray<ManifestFile> Manifests, SnapshotSummary Summary)
{
    /// <summary>Summary entries and table properties of the committing application.</summary>
    public IEnumerable<KeyValuePair<string, string>> ExtraSummary { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;
}
