using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>What catalogs that keep metadata files themselves have in common.</summary>
public static class MetadataFiles
{
    /// <summary>
    /// The table's next metadata; its present one, the same object, if nothing changes. Null if a requirement does not hold, which
    /// <paramref name="violation"/> tells.
    /// </summary>
    public static TableMetadata? Next(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements,
        long unixMs, out string? violation)
    {
        violation = requirements.Select(r => r.Violation(current.Metadata)).FirstOrDefault(v => v is not null);
        if (violation is not null) return null;
        return TableMetadataBuilder.From(current.Metadata, current.MetadataLocation).Apply(updates).Build(unixMs);
    }

    /// <summary>Whether the table wants its metadata files compressed. Of codecs gzip is known; any other leaves them plain.</summary>
    public static bool AreZipped(TableMetadata table) =>
        string.Equals(table.Property(TableProperties.MetadataCodec), "gzip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Deletes metadata files that fell off the log with a commit that landed, if the table has that done.</summary>
    public static void DropOld(IObjectStore store, TableMetadata before, TableMetadata after)
    {
        if (!after.BoolProperty(TableProperties.DeleteAfterCommit, otherwise: false)) return;
        var kept = after.MetadataLog.Select(e => e.Location).ToHashSet(StringComparer.Ordinal);
        var old = before.MetadataLog.Select(e => e.Location).Where(l => !kept.Contains(l)).ToList();
        // What cannot be deleted is left for orphan removal.
        if (old.Count > 0) _ = store.DeleteAll(old);
    }

    /// <summary>Deletes a file that nothing needs; what cannot be deleted is left for orphan removal.</summary>
    public static void TryDelete(IObjectStore store, string location)
    {
        try
        {
            _ = store.Delete(location);
        }
        catch (EngineException)
        {
        }
    }

    /// <summary>Deletes files of a table that is dropped.</summary>
    /// <exception cref="EngineException">Some are there still, or may be: how many, and what stood in the way of one.</exception>
    public static void Purge(IObjectStore store, TableIdent ident, IReadOnlyCollection<string> files, string isDropped)
    {
        var failed = store.DeleteAll(files);
        if (failed.Count == 0) return;
        var (file, error) = failed.OrderBy(f => f.Key, StringComparer.Ordinal).First();
        throw new EngineException(error.Kind,
            $"table {ident} {isDropped}, but {failed.Count} of its {files.Count} files could not be deleted; of {file}: {error.Message}",
            error);
    }

    /// <summary>
    /// Every file that a table reaches, those that lead to others last, its metadata at the very end. Without data files if
    /// <c>gc.enabled</c> is false: other tables may share them.
    /// </summary>
    public static ImmutableArray<string> All(Table table, IObjectStore store)
    {
        var metadata = table.Metadata;
        var reader = new ManifestReader(store);
        var manifests = metadata.Snapshots.SelectMany(s => reader.Manifests(metadata, s)).DistinctBy(m => m.Path).ToList();
        var data = metadata.BoolProperty(TableProperties.GarbageCollection, otherwise: true)
            ? manifests.SelectMany(m => reader.Entries(metadata, m)).Where(e => e.IsLive).Select(e => e.File.FilePath) : [];
        return
        [
            .. data
                .Concat(manifests.Select(m => m.Path))
                .Concat(metadata.Snapshots.Select(s => s.ManifestList).OfType<string>())
                .Concat(metadata.Statistics.Concat(metadata.PartitionStatistics).Select(s => s.Path))
                .Concat(metadata.MetadataLog.Select(e => e.Location))
                .Append(table.MetadataLocation)
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
