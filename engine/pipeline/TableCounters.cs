using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>A table's running totals. Each field has one writer thread (named); any thread may read them, a little late.</summary>
internal sealed class TableCounters
{
    /// <summary>Written by the ingest thread.</summary>
    internal long Records, RecordBytes, Rows, IgnoredFields;

    /// <summary>Written by the flush thread; by the ingest thread before a session has one.</summary>
    internal long RowsCommitted, Commits, CommitRetries, FlushRetries, DataFiles, DataFileBytes, SnapshotId, LastCommitUnixMs, LastFlushMs, LastCommitMs;

    private ImmutableSortedDictionary<string, long> deadLetters = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, long> DeadLetters => Volatile.Read(ref deadLetters);

    /// <summary>Ingest thread.</summary>
    internal void CountDeadLetter(string error) => Volatile.Write(ref deadLetters, deadLetters.SetItem(error, deadLetters.GetValueOrDefault(error) + 1));

    /// <summary>A commit landed that added these files.</summary>
    internal void CountCommit(IReadOnlyList<DataFile> files, long snapshotId, long unixMs)
    {
        Commits++;
        RowsCommitted += files.Sum(f => f.RecordCount);
        DataFiles += files.Count;
        DataFileBytes += files.Sum(f => f.FileSizeBytes);
        SnapshotId = snapshotId;
        LastCommitUnixMs = unixMs;
    }
}
