namespace K2I.Iceberg;

/// <summary>What the snapshots after one have added and removed, up to a branch's head.</summary>
public sealed class ChangesSince
{
    private ChangesSince(List<ManifestEntry> added, List<ManifestEntry> removed, List<ManifestEntry> rows) =>
        (Added, Removed, Rows) = (added, removed, rows);

    /// <summary>Data and delete files that came, some of which may be gone again.</summary>
    public IReadOnlyList<ManifestEntry> Added { get; }

    /// <summary>Data and delete files that went.</summary>
    public IReadOnlyList<ManifestEntry> Removed { get; }

    /// <summary>Data files of rows that were not there before; what a compaction wrote is not among them.</summary>
    public IReadOnlyList<ManifestEntry> Rows { get; }

    /// <summary>True if a data file was given a deletion vector.</summary>
    public bool HasVectorOf(string dataFile) => Added.Any(e => e.File.IsDeletionVector && e.File.ReferencedDataFile == dataFile);

    /// <summary>Names the first data file that came and may hold rows that meet <paramref name="condition"/>; null if none did. What a compaction wrote holds no new ones.</summary>
    public string? NewRows(ScanFilter condition, TableMetadata table)
    {
        var filter = new BoundFilter(condition, table.CurrentSchema, table);
        return Rows.FirstOrDefault(e => filter.MayMatch(e.File)) is { } conflicting ? $"data file {conflicting.File.FilePath} came meanwhile and may have rows concerned" : null;
    }

    /// <summary>Names the first data file that went, or delete file that came, and may concern rows that meet <paramref name="condition"/>; null if none did.</summary>
    public string? LostRows(ScanFilter condition, TableMetadata table)
    {
        var filter = new BoundFilter(condition, table.CurrentSchema, table);
        if (Removed.FirstOrDefault(e => e.File.Content == FileContent.Data && filter.MayMatch(e.File)) is { } gone) return $"data file {gone.File.FilePath}, which may have rows concerned, was removed meanwhile";
        // A delete file's bounds are those of its own columns: only its partition tells whose rows it takes, and that of a global one nothing.
        return Added.FirstOrDefault(e => e.File.Content != FileContent.Data && filter.MayMatch(e.File with { ValueCounts = null })) is { } delete
            ? $"rows that may be concerned were deleted meanwhile by {delete.File.FilePath}" : null;
    }

    /// <summary>Null if <paramref name="start"/> is not among the head's ancestors, or not any more.</summary>
    public static ChangesSince? Of(TableMetadata table, Snapshot? head, SnapshotId start, ManifestReader reader)
    {
        var (added, removed, rows) = (new List<ManifestEntry>(), new List<ManifestEntry>(), new List<ManifestEntry>());
        for (var at = head; at is not null; at = at.ParentSnapshotId is { } parent ? table.FindSnapshot(parent) : null)
        {
            if (at.SnapshotId == start) return new ChangesSince(added, removed, rows);
            if (at.SequenceNumber <= (table.FindSnapshot(start)?.SequenceNumber ?? -1)) return null;
            foreach (var manifest in reader.Manifests(table, at))
            {
                if (manifest.AddedSnapshotId != at.SnapshotId) continue;
                foreach (var entry in reader.Entries(table, manifest))
                {
                    if (entry.SnapshotId != at.SnapshotId) continue;
                    if (entry.Status == EntryStatus.Deleted) removed.Add(entry);
                    if (entry.Status != EntryStatus.Added) continue;
                    added.Add(entry);
                    if (entry.File.Content == FileContent.Data && at.Operation != "replace") rows.Add(entry);
                }
            }
        }
        return null;
    }
}
