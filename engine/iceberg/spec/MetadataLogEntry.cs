namespace K2I.Iceberg;

/// <summary>An earlier metadata file of the table and when it was written.</summary>
public readonly record struct MetadataLogEntry(long TimestampMs, string Location);
