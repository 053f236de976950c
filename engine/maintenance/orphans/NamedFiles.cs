using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>
/// Tells every file that a table names: of all its snapshots, whatever became of the file since, with statistics and metadata files. One
/// job's.
/// </summary>
/// <remarks>
/// A list or manifest that was read is not read again, so looking at a table once more costs only what was added. What cannot be read ends
/// the walk: a file it names would be missed.
/// </remarks>
internal sealed class NamedFiles(IObjectStore store, Action<string> found)
{
    private readonly ManifestReader reader = new(store);
    private readonly HashSet<UInt128> seen = [];

    /// <summary>How much of the table has been walked through after each list and manifest, 0 to 1.</summary>
    public IEnumerable<double> Walk(Table table)
    {
        var metadata = table.Metadata;
        found(table.MetadataLocation);
        foreach (var entry in metadata.MetadataLog) found(entry.Location);
        foreach (var file in metadata.Statistics.Concat(metadata.PartitionStatistics)) found(file.Path);
        for (var at = 0; at < metadata.Snapshots.Length; at++)
        {
            var snapshot = metadata.Snapshots[at];
            if (snapshot.ManifestList is { } list && !IsNew(list)) continue;
            var manifests = reader.Manifests(metadata, snapshot);
            yield return (double)at / metadata.Snapshots.Length;
            foreach (var manifest in manifests)
            {
                if (!IsNew(manifest.Path)) continue;
                foreach (var entry in reader.Entries(metadata, manifest)) found(entry.File.FilePath);
                yield return (double)at / metadata.Snapshots.Length;
            }
        }
    }

    private bool IsNew(string location)
    {
        if (!seen.Add(LocationKey.Of(location))) return false;
        found(location);
        return true;
    }
}
