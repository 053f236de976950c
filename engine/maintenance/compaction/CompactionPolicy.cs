using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Which files are worth being rewritten, and how. Sizes are those of files in the store.</summary>
public sealed record CompactionPolicy
{
    /// <summary>
    /// What files should have; null: the table's <c>write.target-file-size-bytes</c>, else 512 MiB. Three quarters of it are enough.
    /// </summary>
    public long? TargetFileBytes { get; init; }

    /// <summary>
    /// Files of a partition that are merged at a time at least, unless they make a whole file or the partition is quiet.
    /// </summary>
    public int LeastFiles { get; init; } = 12;

    /// <summary>Files are left alone whose snapshot is younger, or the last deletes of their rows: others may still be at them.</summary>
    public long SettleMs { get; init; } = 120_000;

    /// <summary>A partition that got no rows for so long is quiet: what is left in it is merged, however little.</summary>
    public long QuietMs { get; init; } = 10_800_000;

    /// <summary>A file is written anew without its deleted rows once they are this part of it, 0 to 1.</summary>
    public double DeletedRatio { get; init; } = 0.3;

    /// <summary>A file is written anew once so many delete files have to be read with it.</summary>
    public int MostDeleteFiles { get; init; } = 100;

    /// <summary>What one job reads at most, unless a single file has more: it commits by itself.</summary>
    public long MostJobBytes { get; init; } = 2L << 30;

    /// <summary>Files that one job reads at most.</summary>
    public int MostJobFiles { get; init; } = 5_000;

    /// <summary>
    /// What keys of equality deletes may take of one job's memory, by estimate; a file whose own take more is left.
    /// </summary>
    public long MostKeyBytes { get; init; } = 32L << 20;

    /// <summary>
    /// Row groups are copied as they are where they have so much on average and nothing else is against it; smaller ones are made large.
    /// </summary>
    public long LeastRowGroupBytes { get; init; } = 8 << 20;

    /// <summary>
    /// How rows lie in the files that are written. Files in an order of someone else's are left alone unless one is asked for here.
    /// </summary>
    public RowOrder Order { get; init; } = RowOrder.OfTable;

    /// <summary>
    /// Rows lie as they come for now, whatever <see cref="Order"/> says, and in partitions of the spec that their files have: what others
    /// delete while a job is on is then carried on, and no conflict.
    /// </summary>
    public bool AsTheyCome { get; init; }

    /// <summary>Only files that may hold rows that meet it; null: all.</summary>
    public ScanFilter? Where { get; init; }

    /// <summary>What files of the table should have.</summary>
    internal long TargetBytesIn(TableMetadata table) => Math.Max(1, TargetFileBytes ?? ParquetProperties.TargetFileBytesOf(table));
}
