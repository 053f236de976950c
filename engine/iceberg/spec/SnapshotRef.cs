namespace K2I.Iceberg;

/// <summary>A named snapshot: a branch, which moves with commits, or a tag, which stays.</summary>
public sealed record SnapshotRef(SnapshotId SnapshotId, bool IsBranch)
{
    public const string Main = "main";

    public int? MinSnapshotsToKeep { get; init; }

    public long? MaxSnapshotAgeMs { get; init; }

    public long? MaxRefAgeMs { get; init; }
}
