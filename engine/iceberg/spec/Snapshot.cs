using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>One state of a table: a manifest list and what its commit did. Ids are random, sequence numbers count up by commit.</summary>
public sealed record Snapshot
{
    public required SnapshotId SnapshotId { get; init; }

    public SnapshotId? ParentSnapshotId { get; init; }

    /// <summary>0 for snapshots of version 1.</summary>
    public long SequenceNumber { get; init; }

    public required long TimestampMs { get; init; }

    /// <summary>Location of the manifest list; null only in old version 1 metadata that lists <see cref="Manifests"/>.</summary>
    public string? ManifestList { get; init; }

    /// <summary>Manifest locations of a version 1 snapshot without a list.</summary>
    public ImmutableArray<string> Manifests { get; init; } = [];

    /// <summary>What the commit did: <c>operation</c>, counts, totals, and what the committing application added.</summary>
    public ImmutableSortedDictionary<string, string> Summary { get; init; } = SummaryKeys.Empty;

    public int? SchemaId { get; init; }

    /// <summary>Version 3: the first row id of this snapshot's rows, and how many ids it took.</summary>
    public long? FirstRowId { get; init; }

    public long? AddedRows { get; init; }

    public string? KeyId { get; init; }

    /// <summary>Fields this build does not know, as JSON text, kept on rewriting.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Unknown { get; init; } = [];

    public string Operation => Summary.GetValueOrDefault(SummaryKeys.Operation, "");
}
