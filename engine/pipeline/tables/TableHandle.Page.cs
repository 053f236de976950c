using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>What pages and metrics show.</summary>
internal sealed partial class TableHandle
{
    internal TableStatus Status()
    {
        var now = run;
        var (state, detail, reason) = shown;
        var trouble = now?.Flush?.Trouble ?? now?.Parts.Select(p => p.Journal.Trouble).FirstOrDefault(t => t is not null);
        var kafka = engine.Kafka;
        if (state == TableState.Running && trouble is not null) (state, detail) = (TableState.Waiting, trouble);
        else if (state is TableState.Running or TableState.Starting
            && kafka is { State: not K2I.Kafka.KafkaConnectionState.Up, LastError: { } lost }) (state, detail) =
            (TableState.Waiting, $"Kafka is away: {lost}");
        var counters = ingest.OfType<IngestCounters>().ToArray();
        var letters = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var counter in counters)
            foreach (var (error, count) in counter.DeadLetters) letters[error] = letters.GetValueOrDefault(error) + count;
        return new()
        {
            Name = Name,
            State = state,
            Template = Options.Template,
            Detail = detail,
            PauseReason = reason,
            Recovering = Recovering,
            KafkaState = kafka?.State.ToString() ?? "",
            Partitions =
                [.. (now?.Parts ?? []).SelectMany(p => p.Sources).Where(s => s.Assigned && s.HasStart).Select(s =>
                new PartitionStatus(s.Topic, s.Partition, s.NextOffset, s.CommittedOffset, s.HighWatermark, s.Fetched))],
            Records = counters.Sum(c => Volatile.Read(ref c.Records)),
            RecordBytes = counters.Sum(c => Volatile.Read(ref c.RecordBytes)),
            Rows = counters.Sum(c => Volatile.Read(ref c.Rows)),
            IgnoredFields = counters.Sum(c => Volatile.Read(ref c.IgnoredFields)),
            RowsCommitted = Volatile.Read(ref Flushes.RowsCommitted),
            DeadLetters = letters.ToImmutable(),
            RingBytes = now?.Memory.HeldBytes ?? 0,
            RingBudgetBytes = engine.Pool.BudgetBytes,
            Backpressure = now?.Parts.Any(p => p.IsStalled) ?? false,
            DeadLetterPendingBytes = now?.Letters.PendingBytes ?? 0,
            Commits = Volatile.Read(ref Flushes.Commits),
            FlushRetries = Volatile.Read(ref Flushes.FlushRetries),
            CommitRetries = Volatile.Read(ref Flushes.CommitRetries),
            SchemaChanges = Volatile.Read(ref Flushes.SchemaChanges),
            DataFiles = Volatile.Read(ref Flushes.DataFiles),
            DataFileBytes = Volatile.Read(ref Flushes.DataFileBytes),
            SnapshotId = Flushes.SnapshotId,
            LastCommitUnixMs = Volatile.Read(ref Flushes.LastCommitUnixMs),
            LastFlushMs = Volatile.Read(ref Flushes.LastFlushMs),
            LastCommitMs = Volatile.Read(ref Flushes.LastCommitMs),
            OldestPendingUnixMs = now?.OldestPendingUnixMs ?? 0,
            LastError = LastError,
            Maintenance = Maintenance.Status,
            MissingTopics = [.. Topics.Missing],
        };
    }
}
