using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Merges small manifests of one content while files are added, as Iceberg Java does: bins of the target size, the newest bin only once it holds enough manifests.</summary>
/// <remarks>A merge is kept for later attempts: it depends on nothing but the manifests merged.</remarks>
internal sealed class ManifestMerger
{
    private readonly Dictionary<string, ManifestFile> merged = new(StringComparer.Ordinal);

    /// <summary>The manifests after merging.</summary>
    /// <param name="table">The base.</param>
    /// <param name="snapshotId">Of the snapshot being made.</param>
    /// <param name="manifests">Newest first.</param>
    /// <param name="context">Reads those that are merged.</param>
    /// <param name="store">Stores a finished manifest.</param>
    /// <param name="settle">What was stored can be read afterwards.</param>
    public ImmutableArray<ManifestFile> Merge(
        TableMetadata table, SnapshotId snapshotId, ImmutableArray<ManifestFile> manifests, ActionContext context,
        Func<ManifestWriter, ManifestFile> store, Action settle)
    {
        if (!table.BoolProperty(TableProperties.ManifestMergeEnabled, otherwise: true) || manifests.Length < 2) return manifests;
        var target = table.LongProperty(TableProperties.ManifestTargetBytes, TableProperties.DefaultManifestTargetBytes);
        var enough = table.LongProperty(TableProperties.ManifestMinMerge, TableProperties.DefaultManifestMinMerge);
        var result = ImmutableArray.CreateBuilder<ManifestFile>(manifests.Length);
        foreach (var group in manifests.GroupBy(m => m.SpecId).OrderByDescending(g => g.Key))
        {
            foreach (var bin in Bins([.. group], target))
            {
                var holdsNewest = ReferenceEquals(bin[0], manifests[0]);
                if (bin.Count == 1 || (holdsNewest && bin.Count < enough) || !CanRewrite(table, group.Key))
                {
                    result.AddRange(bin);
                    continue;
                }
                settle();
                result.Add(MergeBin(table, snapshotId, bin, context, store));
            }
        }
        return result.ToImmutable();
    }

    /// <summary>Packs from the oldest on, so that the newest bin is the one not full; bins and their manifests newest first.</summary>
    private static List<List<ManifestFile>> Bins(List<ManifestFile> newestFirst, long target)
    {
        var bins = new List<List<ManifestFile>>();
        long bytes = 0;
        for (var at = newestFirst.Count - 1; at >= 0; at--)
        {
            var manifest = newestFirst[at];
            if (bins.Count == 0 || bytes + manifest.Length > target)
            {
                bins.Insert(0, []);
                bytes = 0;
            }
            bins[0].Insert(0, manifest);
            bytes += manifest.Length;
        }
        return bins;
    }

    /// <summary>The values of a spec whose sources are gone, or whose transform is not known, cannot be written again for certain.</summary>
    internal static bool CanRewrite(TableMetadata table, int specId) =>
        table.FindSpec(specId) is { } spec && spec.IsWritable && table.PartitionTypes(spec).All(t => t is not null and not OpaqueType);

    private ManifestFile MergeBin(TableMetadata table, SnapshotId snapshotId, List<ManifestFile> bin, ActionContext context, Func<ManifestWriter, ManifestFile> store)
    {
        var key = string.Join('\n', bin.Select(m => m.Path));
        if (merged.TryGetValue(key, out var known)) return known;
        var reader = new ManifestReader(context.Store);
        var writer = new ManifestWriter(table, table.FindSpec(bin[0].SpecId)!, bin[0].Content, snapshotId);
        foreach (var manifest in bin)
        {
            foreach (var entry in reader.Entries(table, manifest))
            {
                // Files this snapshot adds stay added; older additions are existing now; what older snapshots removed is left out.
                if (entry.SnapshotId == snapshotId && entry.Status == EntryStatus.Added) writer.Added(entry.File, entry.SequenceNumber == ManifestFile.UnassignedSequence ? null : entry.SequenceNumber);
                else if (entry.SnapshotId == snapshotId && entry.Status == EntryStatus.Deleted) writer.Deleted(entry);
                else if (entry.IsLive) writer.Existing(entry);
            }
        }
        return merged[key] = store(writer);
    }
}
