using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What every snapshot must keep, checked before its list is written. A violation is a bug here or a damaged base: Fatal, nothing is committed.</summary>
internal static class CommitInvariants
{
    public static void Check(TableMetadata table, Snapshot? parent, Snapshot snapshot, SnapshotContent content, ImmutableArray<ManifestFile> manifests)
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
        RequireChange(ManifestCounts.Of(content.Before), ManifestCounts.Of(manifests), content.Summary.Change);
    }

    /// <summary>The manifests' counts must have changed by what was added and removed, no more and no less: no file was lost or doubled on the way.</summary>
    private static void RequireChange(ManifestCounts? before, ManifestCounts? after, ManifestCounts change)
    {
        if (before is not { } was || after is not { } now) return;
        Require(now.DataFiles - was.DataFiles == change.DataFiles, $"data files go from {was.DataFiles} to {now.DataFiles} by {change.DataFiles}");
        Require(now.Records - was.Records == change.Records, $"rows go from {was.Records} to {now.Records} by {change.Records}");
        Require(now.DeleteFiles - was.DeleteFiles == change.DeleteFiles, $"delete files go from {was.DeleteFiles} to {now.DeleteFiles} by {change.DeleteFiles}");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new EngineException(ErrorKind.Fatal, $"the commit is refused because this does not hold: {what}");
    }
}
