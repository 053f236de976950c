using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What must hold of a file's description by itself.</summary>
internal static class FileEntryRules
{
    public static void Check(TableMetadata table, ManifestFile manifest, ManifestEntry entry, Findings findings)
    {
        var file = entry.File;
        var at = manifest.Path;
        findings.Unless(file.RecordCount >= 0 && file.FileSizeBytes > 0, "file-counts", at, $"{file.FilePath} has {file.RecordCount} rows in {file.FileSizeBytes} bytes");
        if (table.FindSpec(file.SpecId) is { } spec) findings.Unless(file.Partition.Length == spec.Fields.Length, "file-partition", at, $"{file.FilePath} has {file.Partition.Length} partition values");
        for (var i = 0; i < file.SplitOffsets.Length; i++)
        {
            if (file.SplitOffsets[i] >= 0 && file.SplitOffsets[i] < file.FileSizeBytes && (i == 0 || file.SplitOffsets[i] > file.SplitOffsets[i - 1])) continue;
            findings.Error("split-offsets", at, $"{file.FilePath} has split offsets {string.Join(", ", file.SplitOffsets.Take(20))}");
            break;
        }
        if (file.SortOrderId is > 0 and { } order) findings.Unless(table.SortOrders.Any(o => o.OrderId == order), "file-sort-order", at, $"{file.FilePath} names sort order {order}, which is not there");
        CheckMetrics(table, file, at, findings);
        if (file.Content != FileContent.Data) CheckDelete(table, manifest, entry, findings);
    }

    private static void CheckDelete(TableMetadata table, ManifestFile manifest, ManifestEntry entry, Findings findings)
    {
        var file = entry.File;
        findings.Unless(file.FirstRowId is null, "delete-row-ids", manifest.Path, $"{file.FilePath} is a delete file with row ids");
        if (file.Content == FileContent.EqualityDeletes)
        {
            findings.Unless(!file.EqualityIds.IsEmpty, "equality-ids", manifest.Path, $"{file.FilePath} names no columns");
            foreach (var id in file.EqualityIds.Where(id => table.FindFieldEver(id) is null)) findings.Error("equality-ids", manifest.Path, $"{file.FilePath} names column {id}, which the table never had");
            return;
        }
        if (!file.IsDeletionVector)
        {
            var version3 = table.FindSnapshot(manifest.AddedSnapshotId)?.FirstRowId is not null;
            findings.Unless(entry.Status != EntryStatus.Added || !version3, "delete-version", manifest.Path, $"{file.FilePath} is a position delete file, in format version 3 deletion vectors are written");
            return;
        }
        findings.Unless(table.FormatVersion >= 3, "delete-version", manifest.Path, $"{file.FilePath} is a deletion vector in a table of version {table.FormatVersion}");
        findings.Unless(file.ReferencedDataFile is not null, "dv-place", manifest.Path, $"{file.FilePath} names no data file");
        findings.Unless(file.ContentOffset is >= 4 && file.ContentSizeBytes is > 0 && file.ContentOffset <= file.FileSizeBytes - file.ContentSizeBytes, "dv-place", manifest.Path,
            $"{file.FilePath} of {file.FileSizeBytes} bytes has a vector at {file.ContentOffset}, {file.ContentSizeBytes} bytes long");
    }

    private static void CheckMetrics(TableMetadata table, DataFile file, string at, Findings findings)
    {
        foreach (var (id, nulls) in file.NullValueCounts ?? new Dictionary<int, long>())
        {
            if (file.ValueCounts?.TryGetValue(id, out var values) != true) continue;
            findings.Unless(nulls >= 0 && nulls <= file.ValueCounts![id], "file-metrics", at, $"{file.FilePath}: column {id} has {nulls} nulls of {file.ValueCounts[id]} values");
        }
        foreach (var (id, lower) in file.LowerBounds ?? new Dictionary<int, byte[]>())
        {
            if (file.UpperBounds?.TryGetValue(id, out var upper) != true || table.FindFieldEver(id)?.Type is not PrimitiveType type || type.Kind == TypeKind.Uuid) continue;
            try
            {
                findings.Unless(SingleValue.IsNaN(type, lower) || SingleValue.IsNaN(type, upper!) || SingleValue.Compare(type, lower, upper!) <= 0, "file-bounds", at, $"{file.FilePath}: the bounds of column {id} are the wrong way round");
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                findings.Error("file-bounds", at, $"{file.FilePath}: the bounds of column {id} are no {type}");
            }
        }
    }
}
