namespace K2I.Iceberg;

/// <summary>Table properties that this build honours, with Iceberg's defaults.</summary>
public static class TableProperties
{
    public const string MetricsDefault = "write.metadata.metrics.default";
    public const string MetricsColumnPrefix = "write.metadata.metrics.column.";
    public const string MetricsMaxInferred = "write.metadata.metrics.max-inferred-column-defaults";
    public const string MetadataCodec = "write.metadata.compression-codec";
    public const string PreviousVersionsMax = "write.metadata.previous-versions-max";
    public const string DeleteAfterCommit = "write.metadata.delete-after-commit.enabled";
    public const string ManifestTargetBytes = "commit.manifest.target-size-bytes";
    public const string ManifestMinMerge = "commit.manifest.min-count-to-merge";
    public const string ManifestMergeEnabled = "commit.manifest-merge.enabled";
    public const string ManifestCodec = "write.manifest.compression-codec";
    public const string RetryCount = "commit.retry.num-retries";
    public const string RetryTotalMs = "commit.retry.total-timeout-ms";
    public const string MaxSnapshotAge = "history.expire.max-snapshot-age-ms";
    public const string MinSnapshotsToKeep = "history.expire.min-snapshots-to-keep";
    public const string MaxRefAge = "history.expire.max-ref-age-ms";
    public const string GarbageCollection = "gc.enabled";
    public const string DataPath = "write.data.path";
    public const string ParquetCodec = "write.parquet.compression-codec";

    public const int DefaultPreviousVersionsMax = 100;
    public const long DefaultManifestTargetBytes = 8L << 20;
    public const int DefaultManifestMinMerge = 100;
    public const long DefaultMaxSnapshotAgeMs = 432_000_000;

    /// <summary>Names that belong to metadata itself and may not be set as properties.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.Ordinal)
    {
        "format-version", "uuid", "snapshot-count", "current-snapshot-summary", "current-snapshot-id", "current-snapshot-timestamp-ms",
        "current-schema", "default-partition-spec", "default-sort-order",
    };
}
