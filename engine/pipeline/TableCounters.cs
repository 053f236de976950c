using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>A table's running totals. Each field has one writer thread (named); any thread may read them, a little late.</summary>
internal sealed class TableCounters
{
    /// <summary>Written by the ingest thread.</summary>
    internal long Records, RecordBytes, Rows, IgnoredFields;

    /// <summary>Written by the flush thread; by the ingest thread before a session has one.</summary>
    internal long RowsCommitted, Commits, CommitRetries, FlushRetries, DataFiles, DataFileBytes, LastCommitUnixMs, LastFlushMs, LastCommitMs;

    /// <summary>Written like those above; 0 for none: a number, so that it can be read while it is written.</summary>
    private long snapshotId;

    private ImmutableSortedDictionary<string, long> deadLetters = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, long> DeadLetters => Volatile.Read(ref deadLetters);

    /// <summary>Of the last commit; null where there was none, or its snapshot was gone when it was looked for.</summary>
    internal SnapshotId? SnapshotId => Volatile.Read(ref snapshotId) is var id and not 0 ? new(id) : null;

    /// <summary>Ingest thread.</summary>
    internal void CountDeadLetter(string error) => Volatile.Write(ref deadLetters, deadLetters.SetItem(error, deadLetters.GetValueOrDefault(error) + 1));

    /// <summary>A commit landed that added these files.</summary>
    internal void CountCommit(IReadOnlyList<DataFile> files, SnapshotId? snapshotId, long unixMs)
    {
        Commits++;
        RowsCommitted += files.Sum(f => f.RecordCount);
        DataFiles += files.Count;
        DataFileBytes += files.Sum(f => f.FileSizeBytes);
        Volatile.Write(ref this.snapshotId, snapshotId?.Value ?? 0);
        LastCommitUnixMs = unixMs;
    }
}
