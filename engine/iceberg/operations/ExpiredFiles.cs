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

    /// <summary>Bytes of each file, by its path, as far as they are known.</summary>
    public required IReadOnlyDictionary<string, long> Bytes { get; init; }

    /// <summary>
    /// All of them, those that lead to others last: what is left of a deletion that broke off leads to nothing that is gone.
    /// </summary>
    public IReadOnlyList<string> InOrder => [.. Data, .. Statistics, .. Manifests, .. ManifestLists];

    /// <summary>What <paramref name="before"/> reached and <paramref name="after"/> does not.</summary>
    /// <param name="before">The table before snapshots expired.</param>
    /// <param name="after">The table now: loaded after the commit, so that what others added meanwhile counts.</param>
    /// <param name="store">Has both.</param>
    /// <exception cref="EngineException">Invalid: property <c>gc.enabled</c> forbids it, for other tables may share files. Anything that cannot be read: no plan.</exception>
    public static ExpiredFiles Plan(TableMetadata before, TableMetadata after, IObjectStore store) => Search(before, after, store).Last()!;

    /// <summary>The same in small parts: null after each manifest or list that was read, the plan at the end.</summary>
    public static IEnumerable<ExpiredFiles?> Search(TableMetadata before, TableMetadata after, IObjectStore store)
    {
        if (before.Uuid != after.Uuid) throw new EngineException(ErrorKind.Invalid, $"{before.Location} and {after.Location} are not the same table");
        if (!after.BoolProperty(TableProperties.GarbageCollection, otherwise: true)) throw new EngineException(ErrorKind.Invalid, $"table at {after.Location}: its property {TableProperties.GarbageCollection} forbids deleting files");
        var reader = new ManifestReader(store);
        var left = after.Snapshots.ToDictionary(s => s.SnapshotId);
        var gone = before.Snapshots.Where(s => !left.ContainsKey(s.SnapshotId)).ToDictionary(s => s.SnapshotId);
        var oldest = OldestOfOneLine(gone, left, before);
        var kept = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        var reached = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        foreach (var snapshot in oldest is null ? after.Snapshots : [oldest])
        {
            Add(kept, reader.Manifests(after, snapshot));
            yield return null;
        }
        foreach (var snapshot in gone.Values)
        {
            Add(reached, UnlessGone(() => reader.Manifests(before, snapshot)));
            yield return null;
        }
        var expired = reached.Where(m => !kept.ContainsKey(m.Key)).Select(m => m.Value).ToList();
        var data = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var manifest in oldest is null ? expired
            : reached.Values.Concat(kept.Values.Where(m => !reached.ContainsKey(m.Path))).Where(m => DeletedFromTheLine(m, gone, oldest)))
        {
            foreach (var entry in UnlessGone(() => reader.Entries(before, manifest)))
                if (entry.IsLive == oldest is null) data[entry.File.FilePath] = entry.File.FileSizeBytes;
            yield return null;
        }
        if (oldest is not null && data.Count > 0)
        {
            foreach (var snapshot in left.Values.Where(s => s != oldest && MayAddAgain(s)))
            {
                Add(kept, reader.Manifests(after, snapshot).Where(m => m.AddedSnapshotId == snapshot.SnapshotId));
                yield return null;
            }
        }
        foreach (var manifest in kept.Values.Where(m => m.MayHaveLiveFiles))
        {
            if (data.Count == 0) break;
            foreach (var entry in reader.Entries(after, manifest))
                if (entry.IsLive) data.Remove(entry.File.FilePath);
            yield return null;
        }
        yield return Found(before, after, gone.Values, expired, data);
    }

    private static ExpiredFiles Found(TableMetadata before, TableMetadata after, IEnumerable<Snapshot> gone, List<ManifestFile> manifests,
        Dictionary<string, long> data)
    {
        var keptLists = after.Snapshots.Select(s => s.ManifestList).ToHashSet(StringComparer.Ordinal);
        var keptStatistics = after.Statistics.Concat(after.PartitionStatistics).Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        var statistics = before.Statistics.Concat(before.PartitionStatistics).Where(s => !keptStatistics.Contains(s.Path)).ToList();
        var bytes = new Dictionary<string, long>(data, StringComparer.Ordinal);
        foreach (var manifest in manifests) bytes[manifest.Path] = manifest.Length;
        foreach (var file in statistics) bytes[file.Path] = file.FileSizeBytes;
        return new ExpiredFiles(
            [.. data.Keys.Order(StringComparer.Ordinal)],
            [.. manifests.Select(m => m.Path).Order(StringComparer.Ordinal)],
            [.. gone.Select(s => s.ManifestList).OfType<string>().Where(l => !keptLists.Contains(l)).Order(StringComparer.Ordinal)],
            [.. statistics.Select(s => s.Path).Distinct(StringComparer.Ordinal)])
        { Bytes = bytes };
    }

    /// <summary>Deletes the files; one that is gone already does not matter.</summary>
    /// <returns>Those that are there still: what stood in the way of each.</returns>
    public IReadOnlyDictionary<string, EngineException> Delete(IObjectStore store) => store.DeleteAll(InOrder);

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

    /// <summary>
    /// A path that was deleted may come back: some engines add files that they did not write. Those of this one have names of their own.
    /// </summary>
    private static bool MayAddAgain(Snapshot snapshot) =>
        snapshot.Summary.GetValueOrDefault(SummaryKeys.EngineName) != SnapshotAction.OwnEngineName;

    /// <summary>What expired may have been cleaned up by another process already: it is not ours to do then.</summary>
    private static IEnumerable<T> UnlessGone<T>(Func<IReadOnlyList<T>> read)
    {
        try
        {
            return read();
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            return [];
        }
    }

    private static void Add(Dictionary<string, ManifestFile> manifests, IEnumerable<ManifestFile> more)
    {
        foreach (var manifest in more) manifests[manifest.Path] = manifest;
    }
}
