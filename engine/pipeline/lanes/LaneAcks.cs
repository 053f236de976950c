using K2I.Base;
using K2I.Kafka;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// Tells Kafka how far this host is, for lag tools: offsets whose records are on disk in the log, or, where the log keeps no records, in
/// the tables. A partition that feeds several tables is as far as the last of them. The lane's thread.
/// </summary>
internal sealed class LaneAcks(LaneLog log)
{
    private readonly List<TopicPartitionOffset> waiting = [];
    private LogPosition waitingPosition;

    internal delegate void AckOffsets(ReadOnlySpan<TopicPartitionOffset> nextOffsets);

    /// <summary>Acks what was appended at the last call, if it is on disk by now. About once a second.</summary>
    internal void Tick(IEnumerable<LanePartition> partitions, AckOffsets ack)
    {
        if (log.KeepsRecords && log.SyncedPosition < waitingPosition) return;
        if (waiting.Count > 0) ack(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(waiting));
        waiting.Clear();
        foreach (var partition in partitions)
        {
            var next = Furthest(partition, log.KeepsRecords);
            if (!next.IsNumber || next <= partition.AckedOffset) continue;
            partition.AckedOffset = next;
            waiting.Add(new(partition.Topic, partition.Partition, next));
        }
        waitingPosition = log.AppendedPosition;
    }

    /// <summary>How far all the tables of each partition are.</summary>
    internal static TopicPartitionOffset[] Committed(IEnumerable<LanePartition> partitions) =>
        [.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Furthest(p, isTaken: false))).Where(p =>
            p.Offset.IsNumber)];

    private static Offset Furthest(LanePartition partition, bool isTaken)
    {
        Offset? least = null;
        foreach (var feed in partition.Feeds)
        {
            if (feed.Source is not { } source) return Offset.None;
            var next = isTaken ? source.TakenOffset : source.CommittedOffset;
            // What came since is others'.
            if (feed.Table.IsRouted && next == source.TakenOffset && feed.Part!.HoldsNothing) next = Offset.Max(next, source.NextOffset);
            least = least is { } other ? Offset.Min(other, next) : next;
        }
        return least ?? Offset.None;
    }
}
