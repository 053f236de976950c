namespace K2I.Pipeline;

/// <summary>What a frame of a log holds. The numbers are on disk.</summary>
public enum LogEntryKind : byte
{
    /// <summary>A run of consecutive records of one partition: <see cref="RecordFrame"/>. Every other kind holds one JSON object.</summary>
    Records = 1,

    /// <summary>A run of the table began in the lane: its name, its uuid, its epoch, and how far it is.</summary>
    RunStarted = 2,

    /// <summary>A flush took rows: its id, its offsets by partition, how many rows. Its data files follow.</summary>
    BufferSnapshot = 3,

    /// <summary>A data file is complete in the store: path, rows, bytes, SHA-256.</summary>
    DataFileWritten = 4,

    /// <summary>All files of a flush are there and the catalog is about to be asked; on disk before it is. From here on its outcome may be unknown.</summary>
    CommitStarted = 5,

    /// <summary>The commit landed.</summary>
    IcebergSnapshotCreated = 6,

    /// <summary>A partition's offsets below this one are in the table.</summary>
    OffsetCommit = 7,

    /// <summary>A flush is done with; the log before <c>truncate</c> is not needed any more.</summary>
    FlushComplete = 8,

    /// <summary>Columns were added to the table.</summary>
    SchemaEvolution = 9,

    /// <summary>Upkeep of the table was done: what, and on how many files.</summary>
    MaintenanceTask = 10,

    /// <summary>A flush was given up for good: its files are about to be removed, and its name is not used again.</summary>
    FlushAbandoned = 11,

    /// <summary>Where reading begins in partitions that the table has nothing of: decided once, also for those that others read.</summary>
    StartsDecided = 12,
}
