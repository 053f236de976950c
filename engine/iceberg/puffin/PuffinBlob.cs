using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>One blob of a Puffin file as its footer describes it. Source: Puffin spec, "BlobMetadata".</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Fields">Ids of the fields it was made from.</param>
/// <param name="SnapshotId">Of the snapshot it was made from; null for a deletion vector.</param>
/// <param name="SequenceNumber">That snapshot's; -1 for a deletion vector.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its bytes as stored.</param>
public sealed record PuffinBlob(string Type, ImmutableArray<int> Fields, SnapshotId? SnapshotId, long SequenceNumber, long Offset, long Length)
{
    public const string DeletionVectorType = "deletion-vector-v1";
    public const string ThetaSketchType = "apache-datasketches-theta-v1";

    /// <summary><c>lz4</c> or <c>zstd</c>; null if it is stored as it is.</summary>
    public string? Codec { get; init; }

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;
}
