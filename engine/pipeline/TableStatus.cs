using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>One table's pipeline. Counters grow from the start of the process; times are Unix milliseconds, 0 for never.</summary>
public sealed record TableStatus
{
    public required string Name { get; init; }

    public required TableState State { get; init; }

    /// <summary>Why it is not running, for a person; empty while it runs.</summary>
    public string Detail { get; init; } = "";

    public string KafkaState { get; init; } = "";

    public ImmutableArray<PartitionStatus> Partitions { get; init; } = [];

    public long Records { get; init; }

    /// <summary>Key and value bytes of the records.</summary>
    public long RecordBytes { get; init; }

    /// <summary>Rows appended to the ring.</summary>
    public long Rows { get; init; }

    public long RowsCommitted { get; init; }

    public ImmutableSortedDictionary<string, long> DeadLetters { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    public long RingBytes { get; init; }

    public long RingBudgetBytes { get; init; }

    /// <summary>The ring is full and fetching is paused.</summary>
    public bool Backpressure { get; init; }

    public long Commits { get; init; }

    public long CommitRetries { get; init; }

    public long DataFiles { get; init; }

    public long DataFileBytes { get; init; }

    public long SnapshotId { get; init; }

    public long LastCommitUnixMs { get; init; }

    public long LastFlushMs { get; init; }

    public long LastCommitMs { get; init; }

    /// <summary>When the oldest row not yet committed was fetched.</summary>
    public long OldestPendingUnixMs { get; init; }

    public string LastError { get; init; } = "";
}
