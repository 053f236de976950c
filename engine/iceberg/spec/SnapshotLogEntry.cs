namespace K2I.Iceberg;

/// <summary>When the main branch came to point at a snapshot.</summary>
public readonly record struct SnapshotLogEntry(long TimestampMs, SnapshotId SnapshotId);
