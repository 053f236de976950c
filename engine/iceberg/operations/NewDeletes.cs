using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Whether deletes that came meanwhile concern data files.</summary>
internal static class NewDeletes
{
    /// <summary>Names the first that may; null if none does.</summary>
    /// <param name="files">Data files of the table.</param>
    /// <param name="since">What came.</param>
    /// <param name="table">For specs.</param>
    /// <param name="equality">Whether equality deletes count.</param>
    public static string? Concerning(ImmutableArray<DataFile> files, ChangesSince since, TableMetadata table, bool equality)
    {
        var paths = files.Select(f => f.FilePath).ToHashSet(StringComparer.Ordinal);
        var inPlace = files.ToLookup(f => (f.SpecId, f.Partition), f => f.FilePath);
        foreach (var delete in since.Added.Select(e => e.File))
        {
            var concerns = delete.Content switch
            {
                FileContent.PositionDeletes => delete.ReferencedDataFile is { } one ? paths.Contains(one)
                    : inPlace[(delete.SpecId, delete.Partition)].Any(path => DeletedPaths.MayHold(delete, path)),
                FileContent.EqualityDeletes => equality && (table.FindSpec(delete.SpecId) is { IsUnpartitioned: true } || inPlace.Contains((delete.SpecId, delete.Partition))),
                _ => false,
            };
            if (concerns) return $"rows of files concerned were deleted meanwhile by {delete.FilePath}";
        }
        return null;
    }
}
