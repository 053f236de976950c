using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Reads manifest lists and manifests of a table back, with everything that entries inherit resolved. Holds no state; any thread.</summary>
/// <param name="store">Has them.</param>
/// <param name="lists">Lists that need not be asked for.</param>
public sealed class ManifestReader(IObjectStore store, ManifestLists? lists = null)
{
    /// <summary>So many bytes of manifests are fetched together.</summary>
    private const long BytesAtOnce = 16 << 20;

    /// <summary>The manifests of a snapshot, in list order.</summary>
    public IReadOnlyList<ManifestFile> Manifests(TableMetadata table, Snapshot snapshot)
    {
        if (snapshot.KeyId is not null) throw new EngineException(ErrorKind.Unsupported, $"snapshot {snapshot.SnapshotId} of {table.Location} is encrypted");
        if (snapshot.ManifestList is { } list) return ManifestListFile.Read(lists?.Find(list) ?? store.Read(list), list);
        return [.. snapshot.Manifests.Select(path => new ManifestFile
        {
            Path = path,
            Length = store.Length(path),
            SpecId = table.DefaultSpecId,
            AddedSnapshotId = snapshot.SnapshotId,
        })];
    }

    /// <summary>Every entry of a manifest, deleted ones included, in file order.</summary>
    /// <param name="table">The table.</param>
    /// <param name="manifest">One of its manifests.</param>
    /// <param name="metricsOf">Fields whose counts and bounds are kept: most of the memory that entries take. Null: all.</param>
    public IReadOnlyList<ManifestEntry> Entries(TableMetadata table, ManifestFile manifest, IReadOnlySet<int>? metricsOf = null) =>
        Entries(table, manifest, store.Read(manifest.Path), metricsOf);

    /// <summary>Those of several manifests, one after another, which are fetched together as far as memory allows.</summary>
    public IEnumerable<ManifestEntry> Entries(TableMetadata table, IEnumerable<ManifestFile> manifests,
        IReadOnlySet<int>? metricsOf = null)
    {
        var (together, length) = (new List<ManifestFile>(), 0L);
        foreach (var manifest in manifests)
        {
            if (together.Count > 0 && length + manifest.Length > BytesAtOnce)
            {
                foreach (var entry in Fetched()) yield return entry;
                together.Clear();
                length = 0;
            }
            together.Add(manifest);
            length += manifest.Length;
        }
        foreach (var entry in Fetched()) yield return entry;

        IEnumerable<ManifestEntry> Fetched() => together
            .Zip(store.ReadAll([.. together.Select(m => m.Path)]), (m, bytes) => Entries(table, m, bytes ?? throw Gone(m), metricsOf))
            .SelectMany(e => e);
    }

    /// <summary>The files that make up a snapshot: data and delete files that are live, manifest by manifest.</summary>
    public IEnumerable<ManifestEntry> LiveEntries(TableMetadata table, Snapshot snapshot)
    {
        foreach (var entry in Entries(table, Manifests(table, snapshot).Where(m => m.MayHaveLiveFiles)))
            if (entry.IsLive) yield return entry;
    }

    private static EngineException Gone(ManifestFile manifest) => new(ErrorKind.NotFound, $"{manifest.Path} does not exist");

    private static List<ManifestEntry> Entries(TableMetadata table, ManifestFile manifest, byte[] bytes, IReadOnlySet<int>? metricsOf)
    {
        if (bytes.Length != manifest.Length) throw new EngineException(ErrorKind.Corrupt, $"{manifest.Path} has {bytes.Length} bytes, the manifest list says {manifest.Length}");
        var file = new AvroFileReader(bytes, manifest.Path);
        var spec = table.FindSpec(manifest.SpecId) ?? throw Json.Bad(manifest.Path, $"partition spec {manifest.SpecId} is not in the table");
        var nextRowId = manifest.Content == ManifestContent.Data ? manifest.FirstRowId : null;
        var entries = new List<ManifestEntry>();
        foreach (var entry in ManifestEntryCodec.Read(file, spec, table.PartitionTypes(spec), manifest.Path, metricsOf))
        {
            var inherits = entry.Status == EntryStatus.Added || manifest.SequenceNumber == 0;
            var resolved = entry with
            {
                SnapshotId = entry.SnapshotId ?? manifest.AddedSnapshotId,
                SequenceNumber = entry.SequenceNumber ?? (inherits ? manifest.SequenceNumber : null),
                FileSequenceNumber = entry.FileSequenceNumber ?? (inherits ? manifest.SequenceNumber : null),
            };
            if (resolved.IsLive && entry.File.Content == FileContent.Data && entry.File.FirstRowId is null && nextRowId is { } rowId)
            {
                resolved = resolved with { File = entry.File with { FirstRowId = rowId } };
                nextRowId = rowId + entry.File.RecordCount;
            }
            entries.Add(resolved);
        }
        return entries;
    }
}
