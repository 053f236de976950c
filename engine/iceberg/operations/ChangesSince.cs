namespace K2I.Iceberg;

/// <summary>What the snapshots after one have added and removed, up to a branch's head.</summary>
internal sealed class ChangesSince
{
    private ChangesSince(List<ManifestEntry> added, List<ManifestEntry> removed) => (Added, Removed) = (added, removed);

    /// <summary>Data and delete files that came, some of which may be gone again.</summary>
    public List<ManifestEntry> Added { get; }

    /// <summary>Data and delete files that went.</summary>
    public List<ManifestEntry> Removed { get; }

    /// <summary>Names the first data file that came and may hold rows that meet <paramref name="condition"/>; null if none did.</summary>
    public string? NewRows(ScanFilter condition, TableMetadata table)
    {
        var filter = new BoundFilter(condition, table.CurrentSchema, table);
        return Added.FirstOrDefault(e => e.File.Content == FileContent.Data && filter.MayMatch(e.File)) is { } conflicting
            ? $"data file {conflicting.File.FilePath} came meanwhile and may have rows concerned" : null;
    }

    /// <summary>Null if <paramref name="start"/> is not among the head's ancestors, or not any more.</summary>
    public static ChangesSince? Of(TableMetadata table, Snapshot? head, long start, ManifestReader reader)
    {
        var (added, removed) = (new List<ManifestEntry>(), new List<ManifestEntry>());
        for (var at = head; at is not null; at = at.ParentSnapshotId is { } parent ? table.FindSnapshot(parent) : null)
        {
            if (at.SnapshotId == start) return new ChangesSince(added, removed);
            if (at.SequenceNumber <= (table.FindSnapshot(start)?.SequenceNumber ?? -1)) return null;
            foreach (var manifest in reader.Manifests(table, at))
            {
                if (manifest.AddedSnapshotId != at.SnapshotId) continue;
                foreach (var entry in reader.Entries(table, manifest))
                {
                    if (entry.SnapshotId != at.SnapshotId) continue;
                    if (entry.Status == EntryStatus.Added) added.Add(entry);
                    else if (entry.Status == EntryStatus.Deleted) removed.Add(entry);
                }
            }
        }
        return null;
    }
}
