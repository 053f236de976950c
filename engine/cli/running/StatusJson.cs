using System.Text.Json;
using K2I.Base;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>The document at <c>/status</c>. Times are Unix milliseconds; what never happened is 0, what is not known -1.</summary>
internal static class StatusJson
{
    public static void Write(Utf8JsonWriter json, EngineStatus status, StatusQuery query, bool stopping, long nowUnixMs)
    {
        json.WriteStartObject();
        json.WriteString("version", Build.FullVersion);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("started_unix_ms", status.StartedUnixMs);
        json.WriteNumber("uptime_ms", Math.Max(0, nowUnixMs - status.StartedUnixMs));
        json.WriteBoolean("healthy", status.Healthy);
        json.WriteBoolean("ready", !stopping && status.Ready);
        json.WriteBoolean("stopping", stopping);
        json.WriteString("breaker", status.Breaker);
        Write(json, StatusSums.Of(status), status);
        json.WriteStartArray("refused_topics");
        foreach (var refused in status.RefusedTopics)
        {
            json.WriteStartObject();
            json.WriteString("topic", refused.Topic);
            json.WriteString("section", refused.Section);
            json.WriteString("reason", refused.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("lanes");
        foreach (var lane in status.Lanes) Write(json, lane);
        json.WriteEndArray();
        json.WriteStartArray("tables");
        foreach (var table in status.Tables)
            if ((query.Table is null || query.Table == table.Name) && !(query.Unhealthy && table.Healthy)) Write(json, table);
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

    private static void Write(Utf8JsonWriter json, StatusSums sums, EngineStatus status)
    {
        json.WriteStartObject("sums");
        json.WriteNumber("tables", sums.Tables);
        json.WriteNumber("unhealthy", sums.Unhealthy);
        json.WriteStartObject("states");
        foreach (var state in Enum.GetValues<TableState>())
            if (status.Tables.Count(t => t.State == state) is > 0 and var count) json.WriteNumber(NameOf(state), count);
        json.WriteEndObject();
        json.WriteNumber("partitions", sums.Partitions);
        json.WriteNumber("records", sums.Records);
        json.WriteNumber("rows", sums.Rows);
        json.WriteNumber("rows_committed", sums.RowsCommitted);
        json.WriteNumber("dead_letters", sums.DeadLetters);
        json.WriteNumber("lag", sums.Lag);
        json.WriteNumber("commits", sums.Commits);
        json.WriteNumber("ring_bytes", sums.HeldBytes);
        json.WriteNumber("ring_budget_bytes", sums.BudgetBytes);
        json.WriteNumber("flushed_bytes", status.FlushedBytes);
        json.WriteNumber("pinned_bytes", status.PinnedBytes);
        json.WriteNumber("index_bytes", status.IndexBytes);
        json.WriteNumber("wal_disk_bytes", status.Lanes.Sum(l => l.WalDiskBytes));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LaneStatus lane)
    {
        json.WriteStartObject();
        json.WriteNumber("lane", lane.Lane);
        json.WriteString("kafka_state", lane.KafkaState);
        json.WriteNumber("partitions", lane.Partitions);
        json.WriteNumber("wal_appended_position", lane.WalAppendedPosition.Bytes);
        json.WriteNumber("wal_synced_position", lane.WalSyncedPosition.Bytes);
        json.WriteNumber("wal_bytes", lane.WalBytes);
        json.WriteNumber("wal_disk_bytes", lane.WalDiskBytes);
        json.WriteNumber("wal_sync_p99_us", lane.WalSyncP99Us);
        json.WriteString("wal_trouble", lane.WalTrouble);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MaintenanceStatus maintenance)
    {
        json.WriteStartObject("maintenance");
        json.WriteString("job", maintenance.Job);
        json.WriteStartArray("next");
        foreach (var next in maintenance.Next) json.WriteStringValue(next);
        json.WriteEndArray();
        json.WriteString("idle", maintenance.Idle);
        json.WriteNumber("jobs", maintenance.Jobs);
        json.WriteNumber("conflicts", maintenance.Conflicts);
        json.WriteNumber("failures", maintenance.Failures);
        json.WriteString("last_error", maintenance.LastError);
        json.WriteNumber("rows_rewritten", maintenance.RowsRewritten);
        json.WriteNumber("bytes_rewritten", maintenance.BytesRewritten);
        json.WriteNumber("files_removed", maintenance.FilesRemoved);
        json.WriteNumber("bytes_removed", maintenance.BytesRemoved);
        json.WriteNumber("unfinished_aborted", maintenance.UnfinishedAborted);
        json.WriteNumber("orphans", maintenance.Orphans);
        json.WriteNumber("unfinished", maintenance.Unfinished);
        json.WriteNumber("snapshots_expired", maintenance.SnapshotsExpired);
        ShapeJson.Write(json, maintenance.Shape);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TableStatus table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteString("state", NameOf(table.State));
        json.WriteBoolean("healthy", table.Healthy);
        json.WriteString("template", table.Template);
        json.WriteString("detail", table.Detail);
        if (table.PauseReason is { } reason) json.WriteString("pause_reason", PauseReasons.NameOf(reason));
        else json.WriteNull("pause_reason");
        json.WriteString("recovering", table.Recovering);
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
        json.WriteNumber("commits", table.Commits);
        json.WriteNumber("commit_retries", table.CommitRetries);
        json.WriteNumber("flush_retries", table.FlushRetries);
        json.WriteNumber("schema_changes", table.SchemaChanges);
        json.WriteNumber("data_files", table.DataFiles);
        json.WriteNumber("data_file_bytes", table.DataFileBytes);
        json.WriteNumber("snapshot_id", table.SnapshotId?.Value ?? 0);
        json.WriteNumber("last_commit_unix_ms", table.LastCommitUnixMs);
        json.WriteNumber("last_flush_ms", table.LastFlushMs);
        json.WriteNumber("last_commit_ms", table.LastCommitMs);
        json.WriteNumber("oldest_pending_unix_ms", table.OldestPendingUnixMs);
        Write(json, table.Maintenance);
        json.WriteStartArray("missing_topics");
        foreach (var topic in table.MissingTopics) json.WriteStringValue(topic);
        json.WriteEndArray();
        json.WriteNumber("lag", table.Lag);
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
