namespace K2I.Iceberg;

/// <summary>Live files and rows that a snapshot's manifests count.</summary>
internal readonly record struct ManifestCounts(long DataFiles, long Records, long DeleteFiles)
{
    /// <summary>The sums; null where a manifest (of version 1) lacks counts.</summary>
    public static ManifestCounts? Of(IEnumerable<ManifestFile> manifests)
    {
        var counts = default(ManifestCounts);
        foreach (var manifest in manifests)
        {
            if (manifest.AddedFiles is not { } added || manifest.ExistingFiles is not { } existing || manifest.AddedRows is not { } addedRows || manifest.ExistingRows is not { } existingRows) return null;
            counts = manifest.Content == ManifestContent.Data
                ? counts with { DataFiles = counts.DataFiles + added + existing, Records = counts.Records + addedRows + existingRows }
                : counts with { DeleteFiles = counts.DeleteFiles + added + existing };
        }
        return counts;
    }
}
