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
        var left = after.Snapshots.ToDictionary(s => s.SnapshotId);
        var gone = before.Snapshots.Where(s => !left.ContainsKey(s.SnapshotId)).ToDictionary(s => s.SnapshotId);
        var oldest = OldestOfOneLine(gone, left, before);
        var kept = Reach(after, oldest is null ? after.Snapshots : [oldest], reader);
        var reached = Reach(before, gone.Values, reader);
        var expired = reached.Where(m => !kept.ContainsKey(m.Key)).Select(m => m.Value).ToList();
        var data = oldest is null
            ? Paths(before, expired, reader, live: true)
            : Paths(before, reached.Values.Concat(kept.Values).Where(m => DeletedFromTheLine(m, gone, oldest)), reader, live: false);
        if (data.Count > 0) data.ExceptWith(Paths(after, kept.Values, reader, live: true));
        var keptLists = after.Snapshots.Select(s => s.ManifestList).ToHashSet(StringComparer.Ordinal);
        var statistics = after.Statistics.Concat(after.PartitionStatistics).Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        return new ExpiredFiles(
            [.. data.Order(StringComparer.Ordinal)],
            [.. expired.Select(m => m.Path).Order(StringComparer.Ordinal)],
            [.. gone.Values.Select(s => s.ManifestList).OfType<string>().Where(l => !keptLists.Contains(l)).Order(StringComparer.Ordinal)],
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

    /// <summary>
    /// Where what expired is the beginning of one line of snapshots that all others follow: the oldest one left. What it does not need no later one does, as a snapshot takes manifests and files over from the
    /// one before it or makes them; and every file that is gone was deleted, by an entry that says so, on the way up to it. So a table that only grows has no manifest read. Null: branches, tags, lines that broke.
    /// </summary>
    private static Snapshot? OldestOfOneLine(Dictionary<SnapshotId, Snapshot> gone, Dictionary<SnapshotId, Snapshot> left, TableMetadata before)
    {
        var roots = left.Values.Where(s => !FollowsOneOf(left, s)).ToList();
        if (roots is not [var oldest] || before.FindSnapshot(oldest.SnapshotId) is null) return null;
        var steps = 0;
        var at = oldest;
        while (at.ParentSnapshotId is { } parent && gone.TryGetValue(parent, out at))
            if (++steps > gone.Count) return null;
        return steps == gone.Count ? oldest : null;
    }

    /// <summary>What the first of the line deleted was never in it: it went when the snapshots before expired.</summary>
    private static bool DeletedFromTheLine(ManifestFile manifest, Dictionary<SnapshotId, Snapshot> gone, Snapshot oldest) =>
        manifest.DeletedFiles is null or > 0
        && (manifest.AddedSnapshotId == oldest.SnapshotId ? oldest : gone.GetValueOrDefault(manifest.AddedSnapshotId)) is { } by && FollowsOneOf(gone, by);

    private static bool FollowsOneOf(Dictionary<SnapshotId, Snapshot> snapshots, Snapshot snapshot) => snapshot.ParentSnapshotId is { } parent && snapshots.ContainsKey(parent);

    private static HashSet<string> Paths(TableMetadata table, IEnumerable<ManifestFile> manifests, ManifestReader reader, bool live) =>
        manifests.SelectMany(m => reader.Entries(table, m)).Where(e => e.IsLive == live).Select(e => e.File.FilePath).ToHashSet(StringComparer.Ordinal);

    private static Dictionary<string, ManifestFile> Reach(TableMetadata table, IEnumerable<Snapshot> snapshots, ManifestReader reader)
    {
        var manifests = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        foreach (var snapshot in snapshots)
            foreach (var manifest in reader.Manifests(table, snapshot)) manifests[manifest.Path] = manifest;
        return manifests;
    }
}
