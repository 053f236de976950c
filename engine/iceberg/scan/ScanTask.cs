using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>A data file to read, with the delete files that may concern its rows.</summary>
public sealed record ScanTask(ManifestEntry Data, ImmutableArray<ManifestEntry> Deletes);
