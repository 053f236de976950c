using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>What of a table's metadata is past its time: snapshots, and refs other than main.</summary>
public sealed record ExpiringSnapshots(ImmutableArray<SnapshotId> Snapshots, ImmutableArray<string> Refs)
{
    public static readonly ExpiringSnapshots None = new([], []);

    public bool IsEmpty => Snapshots.IsEmpty && Refs.IsEmpty;
}
