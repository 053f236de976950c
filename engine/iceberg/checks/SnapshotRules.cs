using System.Globalization;

namespace K2I.Iceberg;

/// <summary>What must hold of a snapshot's manifest list, of its files taken together, and of them and its parent's.</summary>
internal static class SnapshotRules
{
    private static readonly string[] Operations = ["append", "overwrite", "replace", "delete"];

    public static void CheckList(TableMetadata table, Snapshot snapshot, IReadOnlyList<ManifestFile> manifests, AvroFileReader list, string path, Findings findings)
    {
        Header("snapshot-id", snapshot.SnapshotId.Value);
        if (table.FormatVersion > 1 && snapshot.SequenceNumber > 0) Header("sequence-number", snapshot.SequenceNumber);
        ManifestRules.CheckFieldIds(list, path, findings);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        long assigned = 0;
        foreach (var manifest in manifests)
        {
            findings.Unless(seen.Add(manifest.Path), "manifest-twice", path, $"{manifest.Path} is listed twice");
            var spec = table.FindSpec(manifest.SpecId);
            findings.Unless(spec is not null, "manifest-spec", path, $"{manifest.Path} has partition spec {manifest.SpecId}, which is not there");
            if (spec is not null && !manifest.Partitions.IsEmpty) findings.Unless(manifest.Partitions.Length == spec.Fields.Length, "partition-summary", path, $"{manifest.Path} has {manifest.Partitions.Length} partition summaries, its spec {spec.Fields.Length} fields");
            findings.Unless(manifest.SequenceNumber <= snapshot.SequenceNumber && manifest.MinSequenceNumber <= manifest.SequenceNumber, "manifest-sequence", path,
                $"{manifest.Path} has sequence number {manifest.SequenceNumber}, {manifest.MinSequenceNumber} at least, the snapshot {snapshot.SequenceNumber}");
            if (manifest.Content == ManifestContent.Deletes) findings.Unless(manifest.FirstRowId is null, "manifest-row-ids", path, $"{manifest.Path} is of deletes and has row ids");
            else if (snapshot.FirstRowId is { } first)
            {
                findings.Unless(manifest.FirstRowId is not null, "manifest-row-ids", path, $"{manifest.Path} has no row ids");
                if (manifest.FirstRowId >= first) assigned += (manifest.AddedRows ?? 0) + (manifest.ExistingRows ?? 0);
            }
        }
        if (snapshot.AddedRows is { } added) findings.Unless(assigned <= added, "manifest-row-ids", path, $"its manifests take {assigned} row ids, the snapshot has {added}");

        void Header(string key, long expected)
        {
            if (list.Metadata.TryGetValue(key, out var text)) findings.Unless(text == expected.ToString(CultureInfo.InvariantCulture), "manifest-list-header", path, $"'{key}' is {text}, the snapshot's is {expected}");
        }
    }

    /// <summary>Live files of a snapshot.</summary>
    public static void CheckLive(TableMetadata table, Snapshot snapshot, IReadOnlyList<ManifestEntry> live, string path, Findings findings)
    {
        var files = new HashSet<FileKey>();
        var data = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        foreach (var entry in live)
        {
            findings.Unless(files.Add(FileKey.Of(entry.File)), "file-twice", path, $"{FileKey.Of(entry.File)} is in the snapshot twice");
            if (entry.File.Content == FileContent.Data) data[entry.File.FilePath] = entry;
        }
        var vectors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var delete in live.Where(e => e.File.Content == FileContent.PositionDeletes && e.File.ReferencedDataFile is not null))
        {
            var target = delete.File.ReferencedDataFile!;
            if (delete.File.IsDeletionVector) findings.Unless(vectors.Add(target), "dv-twice", path, $"{target} has two deletion vectors");
            if (!data.TryGetValue(target, out var file))
            {
                findings.Warn("delete-dangling", path, $"{FileKey.Of(delete.File)} deletes rows of {target}, which is not in the snapshot");
                continue;
            }
            findings.Unless(file.File.SpecId == delete.File.SpecId && file.File.Partition.Equals(delete.File.Partition), "delete-partition", path, $"{FileKey.Of(delete.File)} lies in another partition than {target}, whose rows it deletes");
            findings.Unless(delete.File.RecordCount <= file.File.RecordCount, "delete-count", path, $"{FileKey.Of(delete.File)} deletes {delete.File.RecordCount} rows of {target}, which has {file.File.RecordCount}");
            if (file.SequenceNumber > delete.SequenceNumber) findings.Warn("delete-sequence", path, $"{FileKey.Of(delete.File)} is older than {target} and deletes nothing of it");
        }
        CheckTotals(snapshot, live, path, findings);
        if (table.FormatVersion >= 3 && snapshot.FirstRowId is not null) CheckRowIds(snapshot, data.Values, path, findings);
    }

    /// <summary>What the snapshot did, against its parent's live files (null: not known) and its own summary.</summary>
    public static void CheckChange(Snapshot snapshot, IReadOnlyList<ManifestEntry> changes, IReadOnlyList<ManifestEntry> live, IReadOnlyList<ManifestEntry>? before, string path, Findings findings)
    {
        var added = changes.Where(e => e.Status == EntryStatus.Added).Select(e => e.File).ToList();
        var removed = changes.Where(e => e.Status == EntryStatus.Deleted).Select(e => e.File).ToList();
        var summary = new SnapshotSummary();
        foreach (var file in added) summary.Added(file);
        foreach (var file in removed) summary.Removed(file);
        foreach (var (key, count) in summary.Counts)
            if (Number(snapshot, key) is { } said) findings.Unless(said == count, "summary-changes", path, $"'{key}' is {said}, {count} was counted");
        var removesData = removed.Any(f => f.Content == FileContent.Data);
        var addsData = added.Any(f => f.Content == FileContent.Data);
        var wrong = snapshot.Operation switch
        {
            "append" => removesData || added.Any(f => f.Content != FileContent.Data),
            "delete" => addsData,
            "replace" => added.Where(f => f.Content == FileContent.Data).Sum(f => f.RecordCount) > removed.Where(f => f.Content == FileContent.Data).Sum(f => f.RecordCount),
            _ => false,
        };
        if (Operations.Contains(snapshot.Operation)) findings.Unless(!wrong, "operation", path, $"operation '{snapshot.Operation}' does not say what the snapshot did");
        if (before is null) return;
        var was = before.Select(e => FileKey.Of(e.File)).ToHashSet();
        var now = live.Select(e => FileKey.Of(e.File)).ToHashSet();
        foreach (var file in removed.Where(f => !was.Contains(FileKey.Of(f)))) findings.Error("removed-not-live", path, $"{FileKey.Of(file)} is removed and was not in the parent");
        foreach (var file in added.Where(f => was.Contains(FileKey.Of(f)))) findings.Error("added-twice", path, $"{FileKey.Of(file)} is added and was in the parent");
        var gone = removed.Select(FileKey.Of).ToHashSet();
        var came = added.Select(FileKey.Of).ToHashSet();
        foreach (var key in was.Where(k => !now.Contains(k) && !gone.Contains(k))) findings.Error("file-lost", path, $"{key} was in the parent and is gone without being removed");
        foreach (var key in now.Where(k => !was.Contains(k) && !came.Contains(k))) findings.Error("file-appeared", path, $"{key} was not in the parent and is there without being added");
    }

    private static void CheckTotals(Snapshot snapshot, IReadOnlyList<ManifestEntry> live, string path, Findings findings)
    {
        var files = live.Select(e => e.File).ToList();
        var data = files.Where(f => f.Content == FileContent.Data).ToList();
        var positions = files.Where(f => f.Content == FileContent.PositionDeletes).Sum(f => f.RecordCount);
        var equality = files.Where(f => f.Content == FileContent.EqualityDeletes).Sum(f => f.RecordCount);
        Total(SummaryKeys.TotalDataFiles, data.Count);
        Total(SummaryKeys.TotalRecords, data.Sum(f => f.RecordCount));
        Total(SummaryKeys.TotalDeleteFiles, files.Count - data.Count);
        Total(SummaryKeys.TotalPositionDeletes, positions);
        Total(SummaryKeys.TotalEqualityDeletes, equality);
        Total(SummaryKeys.TotalFilesSize, files.Sum(f => f.ContentSizeBytes ?? f.FileSizeBytes));

        void Total(string key, long counted)
        {
            if (Number(snapshot, key) is { } said) findings.Unless(said == counted, "summary-totals", path, $"'{key}' is {said}, {counted} was counted");
        }
    }

    private static void CheckRowIds(Snapshot snapshot, IEnumerable<ManifestEntry> data, string path, Findings findings)
    {
        long next = 0;
        var last = "";
        foreach (var file in data.Select(e => e.File).OrderBy(f => f.FirstRowId ?? -1))
        {
            if (file.FirstRowId is not { } first)
            {
                findings.Error("row-ids", path, $"{file.FilePath} has no row ids");
                continue;
            }
            findings.Unless(first >= next, "row-ids", path, $"{file.FilePath} has row ids from {first} on, {last} has them up to {next}");
            (next, last) = (first + file.RecordCount, file.FilePath);
        }
        var end = (snapshot.FirstRowId ?? 0) + (snapshot.AddedRows ?? 0);
        findings.Unless(next <= end, "row-ids", path, $"{last} has row ids up to {next}, the snapshot has handed out those below {end}");
    }

    private static long? Number(Snapshot snapshot, string key) => snapshot.Summary.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
