using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>A live data file as the planner weighs it.</summary>
/// <param name="task">The file and its deletes.</param>
/// <param name="addedMs">When its rows came; 0 for long ago.</param>
/// <param name="deletedMs">When rows of it were last deleted by their place; 0 for long ago.</param>
internal sealed class CompactionInput(ScanTask task, long addedMs, long deletedMs)
{
    internal ScanTask Task => task;

    internal DataFile File => task.Data.File;

    internal long AddedMs => addedMs;

    internal long DeletedMs => deletedMs;

    internal int Generation { get; } = Maintenance.Generation.Of(task.Data.File.FilePath);

    /// <summary>Those that deletes of this file alone take; what others delete is known only once they are read.</summary>
    internal long DeletedRows { get; } = Math.Min(task.Data.File.RecordCount,
        task.Deletes.Where(d => d.File.ReferencedDataFile == task.Data.File.FilePath).Sum(d => d.File.RecordCount));

    /// <summary>The equality deletes that are read with it.</summary>
    internal IReadOnlyList<DataFile> KeyDeletes { get; } = [.. KeyDeletesOf(task)];

    /// <summary>Rows of this file cannot be left out without more keys in memory than a job has room for.</summary>
    internal static bool HasTooManyKeyDeletes(ScanTask task, CompactionPolicy rules) =>
        KeyDeletesOf(task).Sum(KeyBytesOf) > rules.MostKeyBytes;

    /// <summary>
    /// What the keys of a file of deletes take in memory, rather more than less: 64 bytes each to find them by, and themselves, which are
    /// smaller in the file.
    /// </summary>
    internal static long KeyBytesOf(DataFile deletes) => (deletes.RecordCount * 64) + (deletes.FileSizeBytes * 4);

    /// <summary>What it would have without its deleted rows.</summary>
    internal long LiveBytes => File.RecordCount == 0 ? 0
        : (long)((double)File.FileSizeBytes / File.RecordCount * (File.RecordCount - DeletedRows));

    /// <summary>Of the format that is read piece by piece.</summary>
    internal bool CanBeRead => File.FileFormat == "PARQUET" && File.KeyMetadata is null;

    private static IEnumerable<DataFile> KeyDeletesOf(ScanTask task) =>
        task.Deletes.Select(d => d.File).Where(d => d.Content == FileContent.EqualityDeletes);

    /// <summary>In no order that someone chose, or in the one that rows are to be in anyway.</summary>
    internal bool MayBeReordered(RowOrder order, TableMetadata table) =>
        order.Kind != RowOrderKind.Table || File.SortOrderId is not { } id || id == SortOrder.Unsorted.OrderId
            || id == table.DefaultSortOrderId;
}
