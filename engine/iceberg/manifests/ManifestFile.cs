using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>One manifest as a manifest list describes it. Counts are null only in lists of version 1. Source: table spec, "Manifest Lists".</summary>
public sealed record ManifestFile
{
    /// <summary>Marks a manifest of the snapshot being made: the list's writer puts the snapshot's sequence number.</summary>
    public const long UnassignedSequence = -1;

    public required string Path { get; init; }

    public required long Length { get; init; }

    public required int SpecId { get; init; }

    public ManifestContent Content { get; init; }

    /// <summary>Of the snapshot that added the manifest.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>The lowest data sequence number of live files.</summary>
    public long MinSequenceNumber { get; init; }

    public required SnapshotId AddedSnapshotId { get; init; }

    public int? AddedFiles { get; init; }

    public int? ExistingFiles { get; init; }

    public int? DeletedFiles { get; init; }

    public long? AddedRows { get; init; }

    public long? ExistingRows { get; init; }

    public long? DeletedRows { get; init; }

    /// <summary>One per partition field.</summary>
    public ImmutableArray<PartitionSummary> Partitions { get; init; } = [];

    public byte[]? KeyMetadata { get; init; }

    /// <summary>Version 3, data manifests: the first row id of files that have none of their own.</summary>
    public long? FirstRowId { get; init; }

    /// <summary>False only if the list says that every entry is deleted.</summary>
    public bool MayHaveLiveFiles => AddedFiles is null or > 0 || ExistingFiles is null or > 0;
}
