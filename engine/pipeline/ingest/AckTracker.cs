using K2I.Kafka;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>Tells Kafka how far this host is, for lag tools: offsets whose records are on disk in the log, or, where the log keeps no records, in the table.</summary>
internal sealed class AckTracker(TableJournal journal, AckTracker.AckOffsets ack)
{
    private TopicPartitionOffset[] waiting = [];
    private LogPosition waitingPosition;

    internal delegate void AckOffsets(ReadOnlySpan<TopicPartitionOffset> nextOffsets);

    /// <summary>Acks what was appended at the last call, if it is on disk by now. Ingest thread, about once a second.</summary>
    internal void Tick(IEnumerable<Source> sources)
    {
        if (!journal.KeepsRecords || !journal.Append() || journal.SyncedPosition < waitingPosition) return;
        if (waiting.Length > 0) ack(waiting);
        waiting = [.. sources.Where(s => s.Assigned && s.TakenOffset > s.AckedOffset).Select(s => new TopicPartitionOffset(s.Topic, s.Partition, s.AckedOffset = s.TakenOffset))];
        waitingPosition = journal.AppendedPosition;
    }

    /// <summary>Flush thread.</summary>
    internal void OnCommitted(ReadOnlySpan<TopicPartitionOffset> nextOffsets)
    {
        if (!journal.KeepsRecords) ack(nextOffsets);
    }
}
