namespace K2I.Iceberg;

/// <summary>A statistics file (Puffin, or partition statistics) of one snapshot, kept as the JSON object that describes it.</summary>
public sealed record StatisticsFile(SnapshotId SnapshotId, string Path, long FileSizeBytes, string Json);
