namespace K2I.Maintenance;

/// <summary>What a job of maintenance does to a table.</summary>
public enum JobKind
{
    /// <summary>Old rows go: files all of whose rows are older than the table keeps them.</summary>
    Retention,

    /// <summary>Small files become large ones, deletes are applied.</summary>
    Compaction,

    /// <summary>Manifests become fewer and better sorted.</summary>
    Manifests,

    /// <summary>Snapshots that nobody needs leave the metadata, and their files the store.</summary>
    Expiry,

    /// <summary>Files that the table does not name are reported or removed.</summary>
    Orphans,

    /// <summary>Counts of distinct values and of partitions' rows are brought up to date.</summary>
    Statistics,
}
