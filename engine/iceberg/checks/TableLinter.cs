using System.Collections.Immutable;

using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// Checks what must hold of a table: metadata, manifest lists, manifests, summaries, row ids, deletes, files. Changes nothing; any thread. What it cannot
/// read it reports; only a store that fails otherwise ends it by an exception.
/// </summary>
/// <remarks>Rules come from the table spec and from what Iceberg Java demands. A manifest or file that several snapshots share is read once.</remarks>
public sealed class TableLinter(IObjectStore store)
{
    /// <summary>What is wrong, in the order of the check: metadata first.</summary>
    public ImmutableArray<Finding> Check(Table table, LintOptions? options = null) => new Run(table, store, options ?? new LintOptions()).Go();

    private sealed class Run(Table table, IObjectStore store, LintOptions options)
    {
        private readonly Findings findings = new();
        private readonly Dictionary<string, IReadOnlyList<ManifestEntry>?> manifests = new(StringComparer.Ordinal);
        private readonly Dictionary<SnapshotId, IReadOnlyList<ManifestFile>?> lists = [];
        private readonly Dictionary<(FileKey Key, long Rows, long Bytes, string Format, int Metrics), DataFile> files = [];

        private TableMetadata Metadata => table.Metadata;

        internal ImmutableArray<Finding> Go()
        {
            MetadataRules.Check(Metadata, table.MetadataLocation, findings);
            foreach (var snapshot in options.CurrentOnly ? Metadata.Snapshots.Where(s => s.SnapshotId == Metadata.CurrentSnapshotId) : Metadata.Snapshots) CheckSnapshot(snapshot);
            using var stored = new StoredFileRules(Metadata, store, findings);
            foreach (var entry in Metadata.MetadataLog.Where(e => !store.Exists(e.Location))) findings.Warn("metadata-log", table.MetadataLocation, $"{entry.Location} is not there");
            foreach (var statistics in Metadata.Statistics.Concat(Metadata.PartitionStatistics)) stored.CheckLength(statistics.Path, statistics.FileSizeBytes);
            var data = files.Values.Where(f => f.Content == FileContent.Data).GroupBy(f => f.FilePath, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
            foreach (var file in files.Values)
                if (stored.CheckLength(file.FilePath, file.FileSizeBytes) && options.Deep) stored.CheckContent(file, data);
            if (options.Orphans) CheckOrphans();
            return [.. findings.All];
        }

        private void CheckSnapshot(Snapshot snapshot)
        {
            if (Manifests(snapshot) is not { } manifests) return;
            var path = snapshot.ManifestList ?? table.MetadataLocation;
            var entries = new List<ManifestEntry>();
            var changes = new List<ManifestEntry>();
            foreach (var manifest in manifests)
            {
                if (Entries(manifest) is not { } found) return;
                entries.AddRange(found.Where(e => e.IsLive));
                if (manifest.AddedSnapshotId == snapshot.SnapshotId) changes.AddRange(found.Where(e => e.SnapshotId == snapshot.SnapshotId && e.Status != EntryStatus.Existing));
            }
            foreach (var entry in entries) files.TryAdd((FileKey.Of(entry.File), entry.File.RecordCount, entry.File.FileSizeBytes, entry.File.FileFormat, options.Deep ? Metrics(entry.File) : 0), entry.File);
            SnapshotRules.CheckLive(Metadata, snapshot, entries, path, findings);
            var parent = snapshot.ParentSnapshotId is { } id ? Metadata.FindSnapshot(id) : null;
            SnapshotRules.CheckChange(snapshot, changes, entries, snapshot.ParentSnapshotId is null ? [] : parent is null || options.CurrentOnly ? null : Live(parent), path, findings);
        }

        /// <summary>Differs where two manifests say different things of a file: each is held against the file.</summary>
        private static int Metrics(DataFile file)
        {
            var hash = new HashCode();
            hash.Add(file.Partition);
            foreach (var bounds in (IReadOnlyDictionary<int, byte[]>?[])[file.LowerBounds, file.UpperBounds])
            {
                foreach (var (id, bytes) in bounds ?? new Dictionary<int, byte[]>())
                {
                    hash.Add(id);
                    hash.AddBytes(bytes);
                }
                hash.Add(-1);
            }
            foreach (var (id, nulls) in file.NullValueCounts ?? new Dictionary<int, long>()) hash.Add((id, nulls));
            return hash.ToHashCode();
        }

        private List<ManifestEntry>? Live(Snapshot snapshot)
        {
            if (Manifests(snapshot) is not { } manifests) return null;
            var live = new List<ManifestEntry>();
            foreach (var manifest in manifests)
            {
                if (Entries(manifest) is not { } entries) return null;
                live.AddRange(entries.Where(e => e.IsLive));
            }
            return live;
        }

        private IReadOnlyList<ManifestFile>? Manifests(Snapshot snapshot)
        {
            if (lists.TryGetValue(snapshot.SnapshotId, out var known)) return known;
            var path = snapshot.ManifestList ?? table.MetadataLocation;
            findings.Try("manifest-list", "manifest-list", path, () =>
            {
                known = new ManifestReader(store).Manifests(Metadata, snapshot);
                if (snapshot.ManifestList is { } list) SnapshotRules.CheckList(Metadata, snapshot, known, new AvroFileReader(store.Read(list), list), list, findings);
            });
            return lists[snapshot.SnapshotId] = known;
        }

        private IReadOnlyList<ManifestEntry>? Entries(ManifestFile manifest)
        {
            // What one list says of a manifest, row ids among it, another may say otherwise.
            var key = $"{manifest with { Partitions = [] }} {string.Join(' ', manifest.Partitions.Select(p => $"{p.ContainsNull} {p.ContainsNan} {Convert.ToHexString(p.LowerBound ?? [])} {Convert.ToHexString(p.UpperBound ?? [])}"))}";
            if (manifests.TryGetValue(key, out var known)) return known;
            if (Metadata.FindSpec(manifest.SpecId) is null) return manifests[key] = null;
            findings.Try("manifest", "manifest", manifest.Path, () =>
            {
                var entries = new ManifestReader(store).Entries(Metadata, manifest);
                ManifestRules.Check(Metadata, manifest, new AvroFileReader(store.Read(manifest.Path), manifest.Path), entries, findings);
                known = entries;
            });
            return manifests[key] = known;
        }

        /// <summary>One spelling of a name; tables that were made to be moved have relative ones.</summary>
        private static string NameOf(string location) =>
            location.StartsWith('/') || location.Contains(":/", StringComparison.Ordinal) ? Location.Normalize(location) : location;

        private void CheckOrphans()
        {
            var named = files.Values.Select(f => f.FilePath)
                .Concat(lists.Values.OfType<IReadOnlyList<ManifestFile>>().SelectMany(l => l).Select(m => m.Path))
                .Concat(Metadata.Snapshots.Select(s => s.ManifestList).OfType<string>())
                .Concat(Metadata.Statistics.Concat(Metadata.PartitionStatistics).Select(s => s.Path))
                .Concat(Metadata.MetadataLog.Select(e => e.Location)).Append(table.MetadataLocation)
                .Select(NameOf).ToHashSet(StringComparer.Ordinal);
            foreach (var file in store.List(Metadata.Location + "/"))
                if (!named.Contains(NameOf(file.Location)) && Location.NameOf(file.Location) != FileCatalog.HintName)
                    findings.Warn("orphan", file.Location, "nothing refers to it");
        }
    }
}
