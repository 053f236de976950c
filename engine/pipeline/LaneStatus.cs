using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>One lane: its consumer and its log.</summary>
public sealed record LaneStatus
{
    public required int Lane { get; init; }

    /// <summary>The state of its connection to Kafka; empty before there is any.</summary>
    public string KafkaState { get; init; } = "";

    /// <summary>Partitions that are assigned to it.</summary>
    public int Partitions { get; init; }

    /// <summary>The log's end: everything below this position was appended.</summary>
    public LogPosition WalAppendedPosition { get; init; }

    /// <summary>Everything below this position is on disk.</summary>
    public LogPosition WalSyncedPosition { get; init; }

    /// <summary>Bytes of the log that a recovery would read.</summary>
    public long WalBytes { get; init; }

    /// <summary>Bytes that its files take, spare ones included.</summary>
    public long WalDiskBytes { get; init; }

    /// <summary>99 of 100 groups of the log were on disk within so many microseconds of their first append.</summary>
    public long WalSyncP99Us { get; init; }

    /// <summary>What the log waits for, such as room on the disk; empty when all is well.</summary>
    public string WalTrouble { get; init; } = "";

    internal static LaneStatus Of(Lane lane) => new()
    {
        Lane = lane.Index,
        KafkaState = lane.Connection?.State.ToString() ?? "",
        Partitions = lane.PartitionCount,
        WalAppendedPosition = lane.Log.AppendedPosition,
        WalSyncedPosition = lane.Log.SyncedPosition,
        WalBytes = lane.Log.Bytes,
        WalDiskBytes = lane.Log.DiskBytes,
        WalSyncP99Us = lane.Log.SyncP99Us,
        WalTrouble = lane.Log.Trouble ?? "",
    };
}
