using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>A table's running totals. Each field has one writer thread (named); any thread may read them, a little late.</summary>
internal sealed class TableCounters
{
    /// <summary>Written by the ingest thread.</summary>
    internal long Records, RecordBytes, Rows;

    /// <summary>Written by the flush thread.</summary>
    internal long RowsCommitted, Commits, CommitRetries, DataFiles, DataFileBytes, SnapshotId, LastCommitUnixMs, LastFlushMs, LastCommitMs;

    private ImmutableSortedDictionary<string, long> deadLetters = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, long> DeadLetters => Volatile.Read(ref deadLetters);

    /// <summary>Ingest thread.</summary>
    internal void CountDeadLetter(string error) => Volatile.Write(ref deadLetters, deadLetters.SetItem(error, deadLetters.GetValueOrDefault(error) + 1));
}
