using System.Text.Json;
using K2I.Base;
using K2I.Pipeline;

namespace K2I.Cli.Running;

/// <summary>The document at <c>/status</c>. Times are Unix milliseconds; what never happened is 0, what is not known -1.</summary>
internal static class StatusJson
{
    public static void Write(Utf8JsonWriter json, EngineStatus status, bool stopping, long nowUnixMs)
    {
        json.WriteStartObject();
        json.WriteString("version", Build.FullVersion);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("started_unix_ms", status.StartedUnixMs);
        json.WriteNumber("uptime_ms", Math.Max(0, nowUnixMs - status.StartedUnixMs));
        json.WriteBoolean("healthy", status.Healthy);
        json.WriteBoolean("ready", !stopping && status.Ready);
        json.WriteBoolean("stopping", stopping);
        json.WriteStartArray("tables");
        foreach (var table in status.Tables) Write(json, table);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static string NameOf(TableState state) => state switch
    {
        TableState.Starting => "starting",
        TableState.Running => "running",
        TableState.Waiting => "waiting",
        TableState.Paused => "paused",
        TableState.Stopping => "stopping",
        TableState.Stopped => "stopped",
        _ => "failed",
    };

    private static void Write(Utf8JsonWriter json, TableStatus table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteString("state", NameOf(table.State));
        json.WriteString("detail", table.Detail);
        if (table.PauseReason is { } reason) json.WriteString("pause_reason", PauseReasons.NameOf(reason));
        else json.WriteNull("pause_reason");
        json.WriteString("recovering", table.Recovering);
        json.WriteString("breaker", table.Breaker);
        json.WriteString("last_error", table.LastError);
        json.WriteString("kafka_state", table.KafkaState);
        json.WriteNumber("records", table.Records);
        json.WriteNumber("record_bytes", table.RecordBytes);
        json.WriteNumber("rows", table.Rows);
        json.WriteNumber("ignored_fields", table.IgnoredFields);
        json.WriteNumber("rows_committed", table.RowsCommitted);
        json.WriteStartObject("dead_letters");
        foreach (var (error, count) in table.DeadLetters) json.WriteNumber(error, count);
        json.WriteEndObject();
        json.WriteNumber("dead_letter_pending_bytes", table.DeadLetterPendingBytes);
        json.WriteNumber("ring_bytes", table.RingBytes);
        json.WriteNumber("ring_budget_bytes", table.RingBudgetBytes);
        json.WriteBoolean("backpressure", table.Backpressure);
        json.WriteNumber("wal_appended_position", table.WalAppendedPosition.Bytes);
        json.WriteNumber("wal_synced_position", table.WalSyncedPosition.Bytes);
        json.WriteNumber("wal_bytes", table.WalBytes);
        json.WriteNumber("wal_sync_p99_us", table.WalSyncP99Us);
        json.WriteString("wal_trouble", table.WalTrouble);
        json.WriteNumber("commits", table.Commits);
        json.WriteNumber("commit_retries", table.CommitRetries);
        json.WriteNumber("flush_retries", table.FlushRetries);
        json.WriteNumber("data_files", table.DataFiles);
        json.WriteNumber("data_file_bytes", table.DataFileBytes);
        json.WriteNumber("snapshot_id", table.SnapshotId?.Value ?? 0);
        json.WriteNumber("last_commit_unix_ms", table.LastCommitUnixMs);
        json.WriteNumber("last_flush_ms", table.LastFlushMs);
        json.WriteNumber("last_commit_ms", table.LastCommitMs);
        json.WriteNumber("oldest_pending_unix_ms", table.OldestPendingUnixMs);
        json.WriteStartArray("missing_topics");
        foreach (var topic in table.MissingTopics) json.WriteStringValue(topic);
        json.WriteEndArray();
        json.WriteNumber("lag", table.Partitions.Sum(p => Math.Max(0, p.Lag)));
        json.WriteStartArray("partitions");
        foreach (var partition in table.Partitions)
        {
            json.WriteStartObject();
            json.WriteString("topic", partition.Topic);
            json.WriteNumber("partition", partition.Partition);
            json.WriteNumber("next_offset", NumberOf(partition.NextOffset));
            json.WriteNumber("committed_offset", NumberOf(partition.CommittedOffset));
            json.WriteNumber("high_watermark", NumberOf(partition.HighWatermark));
            json.WriteNumber("lag", partition.Lag);
            json.WriteBoolean("fetched", partition.Fetched);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>-1 where it is not known.</summary>
    private static long NumberOf(Offset offset) => offset.IsNumber ? offset.Value : -1;
}
