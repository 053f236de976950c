using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Files that expired snapshots named and that nothing of the table needs any more: what may be deleted after <see cref="ExpireSnapshots"/> landed.</summary>
/// <param name="Data">Data and delete files.</param>
/// <param name="Manifests">Manifests.</param>
/// <param name="ManifestLists">Manifest lists.</param>
/// <param name="Statistics">Statistics files.</param>
public sealed record ExpiredFiles(ImmutableArray<string> Data, ImmutableArray<string> Manifests, ImmutableArray<string> ManifestLists, ImmutableArray<string> Statistics)
{
    public int Count => Data.Length + Manifests.Length + ManifestLists.Length + Statistics.Length;

    /// <summary>What <paramref name="before"/> reached and <paramref name="after"/> does not.</summary>
    /// <param name="before">The table before snapshots expired.</param>
    /// <param name="after">The table now: loaded after the commit, so that what others added meanwhile counts.</param>
    /// <param name="store">Has both.</param>
    /// <exception cref="EngineException">Invalid: property <c>gc.enabled</c> forbids it, for other tables may share files. Anything that cannot be read: no plan.</exception>
    public static ExpiredFiles Plan(TableMetadata before, TableMetadata after, IObjectStore store)
    {
        if (before.Uuid != after.Uuid) throw new EngineException(ErrorKind.Invalid, $"{before.Location} and {after.Location} are not the same table");
        if (!after.BoolProperty(TableProperties.GarbageCollection, otherwise: true)) throw new EngineException(ErrorKind.Invalid, $"table at {after.Location}: its property {TableProperties.GarbageCollection} forbids deleting files");
        var reader = new ManifestReader(store);
        var gone = before.Snapshots.Where(s => after.FindSnapshot(s.SnapshotId) is null).ToList();
        var keptLists = after.Snapshots.Select(s => s.ManifestList).ToHashSet(StringComparer.Ordinal);
        var kept = Reach(after, after.Snapshots, reader);
        var expired = Reach(before, gone, reader).Where(m => !kept.ContainsKey(m.Key)).Select(m => m.Value).ToList();
        var data = expired.SelectMany(m => reader.Entries(before, m)).Where(e => e.IsLive).Select(e => e.File.FilePath).ToHashSet(StringComparer.Ordinal);
        if (data.Count > 0)
            foreach (var manifest in kept.Values)
                data.ExceptWith(reader.Entries(after, manifest).Where(e => e.IsLive).Select(e => e.File.FilePath));
        var statistics = after.Statistics.Concat(after.PartitionStatistics).Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        return new ExpiredFiles(
            [.. data.Order(StringComparer.Ordinal)],
            [.. expired.Select(m => m.Path).Order(StringComparer.Ordinal)],
            [.. gone.Select(s => s.ManifestList).OfType<string>().Where(l => !keptLists.Contains(l)).Order(StringComparer.Ordinal)],
            [.. before.Statistics.Concat(before.PartitionStatistics).Select(s => s.Path).Where(p => !statistics.Contains(p)).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Deletes the files, those that lead to others last; how many there were. One that is gone already does not matter.</summary>
    public int Delete(IObjectStore store)
    {
        var deleted = 0;
        foreach (var path in (IEnumerable<string>)[.. Data, .. Statistics, .. Manifests, .. ManifestLists])
            if (store.Delete(path)) deleted++;
        return deleted;
    }

    private static Dictionary<string, ManifestFile> Reach(TableMetadata table, IEnumerable<Snapshot> snapshots, ManifestReader reader)
    {
        var manifests = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        foreach (var snapshot in snapshots)
            foreach (var manifest in reader.Manifests(table, snapshot)) manifests[manifest.Path] = manifest;
        return manifests;
    }
}
