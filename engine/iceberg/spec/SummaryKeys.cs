using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Keys of a snapshot's summary (table spec, appendix F).</summary>
public static class SummaryKeys
{
    public const string Operation = "operation";
    public const string EngineName = "engine-name";
    public const string EngineVersion = "engine-version";
    public const string AddedDataFiles = "added-data-files";
    public const string AddedRecords = "added-records";
    public const string DeletedRecords = "deleted-records";
    public const string AddedPositionDeletes = "added-position-deletes";
    public const string AddedEqualityDeletes = "added-equality-deletes";
    public const string AddedFilesSize = "added-files-size";
    public const string ChangedPartitionCount = "changed-partition-count";
    public const string ManifestsCreated = "manifests-created";
    public const string ManifestsKept = "manifests-kept";
    public const string ManifestsReplaced = "manifests-replaced";
    public const string TotalDataFiles = "total-data-files";
    public const string TotalRecords = "total-records";
    public const string TotalFilesSize = "total-files-size";
    public const string TotalDeleteFiles = "total-delete-files";
    public const string TotalPositionDeletes = "total-position-deletes";
    public const string TotalEqualityDeletes = "total-equality-deletes";

    internal static readonly ImmutableSortedDictionary<string, string> Empty = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
