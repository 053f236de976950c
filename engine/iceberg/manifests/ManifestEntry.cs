namespace K2I.Iceberg;

/// <summary>A file in a manifest, with its life so far. Numbers that an added entry inherits from its manifest are null in the file and resolved when read.</summary>
/// <param name="Status">Added, carried over, or removed by <paramref name="SnapshotId"/>.</param>
/// <param name="SnapshotId">The snapshot that added the file, or that removed it.</param>
/// <param name="SequenceNumber">The data sequence number: deletes apply to files with a lower (or equal) one.</param>
/// <param name="FileSequenceNumber">The sequence number of the snapshot that added the file.</param>
/// <param name="File">The file.</param>
public sealed record ManifestEntry(EntryStatus Status, SnapshotId? SnapshotId, long? SequenceNumber, long? FileSequenceNumber, DataFile File)
{
    public bool IsLive => Status != EntryStatus.Deleted;
}
