using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What every snapshot must keep, checked before its list is written. A violation is a bug here or a damaged base: Fatal, nothing is committed.</summary>
internal static class CommitInvariants
{
    public static void Check(TableMetadata table, Snapshot? parent, Snapshot snapshot, ImmutableArray<ManifestFile> manifests)
    {
        Require(snapshot.SequenceNumber == table.LastSequenceNumber + 1, "the sequence number follows the table's last one");
        Require(table.FindSnapshot(snapshot.SnapshotId) is null, "the snapshot id is new");
        Require(snapshot.TimestampMs >= (parent?.TimestampMs ?? 0), "time does not run backwards");
        Require(snapshot.SchemaId is { } schema && table.FindSchema(schema) is not null, "the schema is in the table");
        Require(!table.Refs.TryGetValue(SnapshotRef.Main, out var main) || main.SnapshotId == table.CurrentSnapshotId, "branch main is the current snapshot");
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var rowIds = snapshot.FirstRowId ?? 0;
        foreach (var manifest in manifests)
        {
            Require(paths.Add(manifest.Path), $"manifest {manifest.Path} is listed once");
            Require(manifest.Length > 0, $"manifest {manifest.Path} is not empty");
            Require(table.FindSpec(manifest.SpecId) is { } spec && (manifest.Partitions.IsDefaultOrEmpty || manifest.Partitions.Length == spec.Fields.Length),
                $"manifest {manifest.Path} has a partition spec of the table");
            Require(manifest.SequenceNumber <= snapshot.SequenceNumber && manifest.MinSequenceNumber <= manifest.SequenceNumber, $"manifest {manifest.Path} has sequence numbers in order");
            Require(table.FormatVersion < 3 || manifest.Content == ManifestContent.Deletes || manifest.FirstRowId is not null, $"manifest {manifest.Path} has row ids");
            if (manifest.Content == ManifestContent.Data && manifest.FirstRowId >= (snapshot.FirstRowId ?? long.MaxValue))
            {
                Require(manifest.FirstRowId == rowIds, $"manifest {manifest.Path} takes the next row ids");
                rowIds += (manifest.AddedRows ?? 0) + (manifest.ExistingRows ?? 0);
            }
        }
        Require(snapshot.FirstRowId is null || rowIds - snapshot.FirstRowId == snapshot.AddedRows, "the row ids handed out are those the snapshot counts");
        RequireTotals(snapshot, manifests);
    }

    /// <summary>Where the list counts every file, the totals of the summary must be those counts.</summary>
    private static void RequireTotals(Snapshot snapshot, ImmutableArray<ManifestFile> manifests)
    {
        if (manifests.Any(m => m.AddedFiles is null || m.ExistingFiles is null)) return;
        var files = manifests.Where(m => m.Content == ManifestContent.Data).Sum(m => (long)m.AddedFiles! + m.ExistingFiles!.Value);
        var rows = manifests.Where(m => m.Content == ManifestContent.Data).Sum(m => (m.AddedRows ?? 0) + (m.ExistingRows ?? 0));
        var deletes = manifests.Where(m => m.Content == ManifestContent.Deletes).Sum(m => (long)m.AddedFiles! + m.ExistingFiles!.Value);
        RequireTotal(snapshot, SummaryKeys.TotalDataFiles, files);
        RequireTotal(snapshot, SummaryKeys.TotalRecords, rows);
        RequireTotal(snapshot, SummaryKeys.TotalDeleteFiles, deletes);
    }

    private static void RequireTotal(Snapshot snapshot, string key, long counted)
    {
        if (!snapshot.Summary.TryGetValue(key, out var text)) return;
        Require(text == counted.ToString(CultureInfo.InvariantCulture), $"{key} {text} is what the manifests count ({counted})");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new EngineException(ErrorKind.Fatal, $"the commit is refused because this does not hold: {what}");
    }
}
