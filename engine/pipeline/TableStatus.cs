using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>One table's pipeline. Counters grow from the start of the process; times are Unix milliseconds, 0 for never.</summary>
public sealed record TableStatus
{
    public required string Name { get; init; }

    public required TableState State { get; init; }

    /// <summary>The section of the template that made it; empty for a table of its own section.</summary>
    public string Template { get; init; } = "";

    /// <summary>It runs or is about to, and the topics are there that its section names; topics that were found may go.</summary>
    public bool Healthy => State is TableState.Running or TableState.Starting && (MissingTopics.IsEmpty || Template.Length > 0);

    /// <summary>Records on the broker that are not fetched yet, of partitions that are assigned.</summary>
    public long Lag => Partitions.Sum(p => Math.Max(0, p.Lag));

    /// <summary>Why it is not running, for a person; empty while it runs.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The name of the reason for which it is paused; null unless it is.</summary>
    public PauseReason? PauseReason { get; init; }

    /// <summary>How far the replay of the log is, for a person; empty unless it is under way.</summary>
    public string Recovering { get; init; } = "";

    public string KafkaState { get; init; } = "";

    public ImmutableArray<PartitionStatus> Partitions { get; init; } = [];

    public long Records { get; init; }

    /// <summary>Key and value bytes of the records.</summary>
    public long RecordBytes { get; init; }

    /// <summary>Rows taken.</summary>
    public long Rows { get; init; }

    /// <summary>Fields with a value that no column took, of records that became rows.</summary>
    public long IgnoredFields { get; init; }

    public long RowsCommitted { get; init; }

    public ImmutableSortedDictionary<string, long> DeadLetters { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Memory that its rows hold.</summary>
    public long RingBytes { get; init; }

    /// <summary>Memory that the rows of all tables may hold together.</summary>
    public long RingBudgetBytes { get; init; }

    /// <summary>It takes no more at the moment, for want of memory, of room in the log, or of columns.</summary>
    public bool Backpressure { get; init; }

    /// <summary>Bytes of dead letters that no commit has taken yet.</summary>
    public long DeadLetterPendingBytes { get; init; }

    public long Commits { get; init; }

    /// <summary>How often a commit was tried again: on a newer base after a conflict, or after an error or a lost answer.</summary>
    public long CommitRetries { get; init; }

    /// <summary>How often a step of a flush (data files, dead letters, commit) failed and was waited with.</summary>
    public long FlushRetries { get; init; }

    /// <summary>Changes of the columns that records of new schemas, or with new fields, asked for.</summary>
    public long SchemaChanges { get; init; }

    public long DataFiles { get; init; }

    public long DataFileBytes { get; init; }

    /// <summary>Of the last commit; null where there was none.</summary>
    public SnapshotId? SnapshotId { get; init; }

    public long LastCommitUnixMs { get; init; }

    public long LastFlushMs { get; init; }

    public long LastCommitMs { get; init; }

    /// <summary>When the oldest row not yet committed was fetched.</summary>
    public long OldestPendingUnixMs { get; init; }

    public string LastError { get; init; } = "";

    public MaintenanceStatus Maintenance { get; init; } = new();

    /// <summary>Topics that it is to be fed from and that the cluster does not have.</summary>
    public ImmutableArray<string> MissingTopics { get; init; } = [];
}
