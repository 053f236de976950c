using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>Which files of a listing may be orphans at all, by name and age, and which show that another table lies there.</summary>
internal sealed class OrphanListing(string root, Table table, long olderThanMs, ITableUse use)
{
    private readonly string rootPath = LocationKey.PathOf(root).TrimEnd('/') + "/";
    private readonly string[] metadataFolders = [FolderOf(table.MetadataLocation), FolderOf(table.Metadata.MetadataFolder + "/")];
    private readonly string[] hiddenPartitions =
        [.. table.Metadata.Specs.SelectMany(s => s.Fields).Select(f => f.Name + "=").Where(n => n.StartsWith('_') || n.StartsWith('.'))];

    /// <summary>It is old enough, and no file that others look after. A file without a time is none: its age is not known.</summary>
    public bool MayBeOrphan(ObjectInfo file) =>
        MayBeLeft(file.Location, file.LastModifiedMs) && Location.NameOf(file.Location) != FileCatalog.HintName;

    /// <summary>Whoever began it has had time enough to end it.</summary>
    public bool MayBeLeft(UnfinishedObject unfinished) => MayBeLeft(unfinished.Location, unfinished.SinceMs);

    /// <summary>A table's metadata file.</summary>
    public static bool IsMetadata(string location) =>
        location.EndsWith(".metadata.json", StringComparison.Ordinal) || location.EndsWith(".metadata.json.gz", StringComparison.Ordinal);

    /// <summary>A metadata file may be this table's, by where it lies.</summary>
    public bool IsMetadataPlace(string location) => metadataFolders.Contains(FolderOf(location), StringComparer.Ordinal);

    private bool MayBeLeft(string location, long sinceMs) =>
        sinceMs > 0 && sinceMs < olderThanMs && !IsHidden(LocationKey.PathOf(location)) && !use.IsInUse(location);

    private static string FolderOf(string location) => LocationKey.PathOf(location[..(location.LastIndexOf('/') + 1)]);

    /// <summary>
    /// As Iceberg Java passes over them: below the root a part of the path begins with <c>_</c> or <c>.</c>, and is no folder of a
    /// partition.
    /// </summary>
    private bool IsHidden(string path)
    {
        if (!path.StartsWith(rootPath, StringComparison.Ordinal)) return true;
        foreach (var part in path[rootPath.Length..].Split('/'))
            if ((part.StartsWith('_') || part.StartsWith('.'))
                && !hiddenPartitions.Any(p => part.StartsWith(p, StringComparison.Ordinal))) return true;
        return false;
    }
}
