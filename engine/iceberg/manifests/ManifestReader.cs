using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Reads manifest lists and manifests of a table back, with everything that entries inherit resolved. Holds no state; any thread.</summary>
public sealed class ManifestReader(IObjectStore store)
{
    /// <summary>The manifests of a snapshot, in list order.</summary>
    public IReadOnlyList<ManifestFile> Manifests(TableMetadata table, Snapshot snapshot)
    {
        if (snapshot.KeyId is not null) throw new EngineException(ErrorKind.Unsupported, $"snapshot {snapshot.SnapshotId} of {table.Location} is encrypted");
        if (snapshot.ManifestList is { } list) return ManifestListFile.Read(store.Read(list), list);
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
    public IReadOnlyList<ManifestEntry> Entries(TableMetadata table, ManifestFile manifest, IReadOnlySet<int>? metricsOf = null)
    {
        var bytes = store.Read(manifest.Path);
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

    /// <summary>The files that make up a snapshot: data and delete files that are live, manifest by manifest.</summary>
    public IEnumerable<ManifestEntry> LiveEntries(TableMetadata table, Snapshot snapshot)
    {
        foreach (var manifest in Manifests(table, snapshot))
        {
            if (!manifest.MayHaveLiveFiles) continue;
            foreach (var entry in Entries(table, manifest))
                if (entry.IsLive) yield return entry;
        }
    }
}
