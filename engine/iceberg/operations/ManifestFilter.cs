using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Takes files out of manifests: a manifest that holds one is written anew, with what is removed marked deleted and the rest existing.</summary>
/// <remarks>A manifest written anew is kept for later attempts that remove the same of it.</remarks>
internal sealed class ManifestFilter
{
    private readonly Dictionary<string, (HashSet<FileKey> Removed, ManifestFile Manifest)> written = new(StringComparer.Ordinal);

    /// <summary>The manifests afterwards, and what was removed.</summary>
    public readonly record struct Result(ImmutableArray<ManifestFile> Manifests, List<DataFile> Removed);

    /// <param name="table">The base.</param>
    /// <param name="snapshotId">Of the snapshot that removes them.</param>
    /// <param name="manifests">The base's, of one content.</param>
    /// <param name="mayHold">False if a manifest holds nothing to be removed; it is not read then.</param>
    /// <param name="removes">Whether a live file is to be removed.</param>
    /// <param name="reader">Reads manifests.</param>
    /// <param name="store">Stores a finished manifest.</param>
    public Result Apply(
        TableMetadata table, SnapshotId snapshotId, IEnumerable<ManifestFile> manifests, Func<ManifestFile, bool> mayHold, Func<ManifestEntry, bool> removes,
        ManifestReader reader, Func<ManifestWriter, ManifestFile> store)
    {
        var result = ImmutableArray.CreateBuilder<ManifestFile>();
        var removed = new List<DataFile>();
        foreach (var manifest in manifests)
        {
            if (!mayHold(manifest))
            {
                result.Add(manifest);
                continue;
            }
            var live = reader.Entries(table, manifest).Where(e => e.IsLive).ToList();
            var gone = new HashSet<FileKey>();
            foreach (var entry in live)
            {
                if (!removes(entry)) continue;
                gone.Add(FileKey.Of(entry.File));
                removed.Add(entry.File);
            }
            result.Add(gone.Count == 0 ? manifest : Rewrite(table, snapshotId, manifest, live, gone, store));
        }
        return new Result(result.ToImmutable(), removed);
    }

    private ManifestFile Rewrite(TableMetadata table, SnapshotId snapshotId, ManifestFile manifest, List<ManifestEntry> live, HashSet<FileKey> gone, Func<ManifestWriter, ManifestFile> store)
    {
        if (written.TryGetValue(manifest.Path, out var known) && known.Removed.SetEquals(gone)) return known.Manifest;
        var writer = new ManifestWriter(table, table.FindSpec(manifest.SpecId)!, manifest.Content, snapshotId);
        foreach (var entry in live)
        {
            if (gone.Contains(FileKey.Of(entry.File))) writer.Deleted(entry);
            else writer.Existing(entry);
        }
        var filtered = store(writer);
        written[manifest.Path] = (gone, filtered);
        return filtered;
    }
}
