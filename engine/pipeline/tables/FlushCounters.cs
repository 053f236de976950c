using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// A table's running totals on the way out, over all its runs. Whoever works for the table writes, one thread at a time; any thread may
/// read them, a little late.
/// </summary>
internal sealed class FlushCounters
{
    internal long RowsCommitted, Commits, CommitRetries, FlushRetries, DataFiles, DataFileBytes, LastCommitUnixMs, LastFlushMs,
        LastCommitMs, SchemaChanges;

    /// <summary>0 for none: a number, so that it can be read while it is written.</summary>
    private long snapshotId;

    /// <summary>Of the last commit; null where there was none, or its snapshot was gone when it was looked for.</summary>
    internal SnapshotId? SnapshotId => Volatile.Read(ref snapshotId) is var id and not 0 ? new(id) : null;

    /// <summary>A commit landed that added these files.</summary>
    internal void CountCommit(IReadOnlyList<DataFile> files, SnapshotId? snapshot, long unixMs)
    {
        Commits++;
        RowsCommitted += files.Sum(f => f.RecordCount);
        DataFiles += files.Count;
        DataFileBytes += files.Sum(f => f.FileSizeBytes);
        Volatile.Write(ref snapshotId, snapshot?.Value ?? 0);
        LastCommitUnixMs = unixMs;
    }
}
