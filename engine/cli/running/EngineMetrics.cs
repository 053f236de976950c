using System.Globalization;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>The metrics at <c>/metrics</c>: one table of names, types and meanings; the README shows the same.</summary>
internal static class EngineMetrics
{
    /// <summary>A metric with one sample for each table; NaN leaves the sample out.</summary>
    public sealed record TableMetric(string Name, MetricType Type, string Help, Func<TableStatus, long, double> Value);

    public static readonly TableMetric[] OfTables =
    [
        new("k2i_records_total", MetricType.Counter, "Kafka records fetched.", (t, _) => t.Records),
        new("k2i_record_bytes_total", MetricType.Counter, "Key and value bytes of the records fetched.", (t, _) => t.RecordBytes),
        new("k2i_rows_total", MetricType.Counter, "Rows appended to the ring.", (t, _) => t.Rows),
        new("k2i_ignored_fields_total", MetricType.Counter, "Fields with a value that no column took.", (t, _) => t.IgnoredFields),
        new("k2i_rows_committed_total", MetricType.Counter, "Rows that stand in an Iceberg snapshot.", (t, _) => t.RowsCommitted),
        new("k2i_ring_bytes", MetricType.Gauge, "Native memory that holds rows.", (t, _) => t.RingBytes),
        new("k2i_ring_budget_bytes", MetricType.Gauge, "Native memory that may hold rows.", (t, _) => t.RingBudgetBytes),
        new("k2i_backpressure", MetricType.Gauge, "1 while the ring is full and fetching is paused.", (t, _) => t.Backpressure ? 1 : 0),
        new("k2i_recovering", MetricType.Gauge, "1 while the log is replayed.", (t, _) => t.Recovering.Length > 0 ? 1 : 0),
        new("k2i_dead_letter_pending_bytes", MetricType.Gauge, "Dead letters that no commit has taken yet.", (t, _) => t.DeadLetterPendingBytes),
        new("k2i_commits_total", MetricType.Counter, "Iceberg snapshots made.", (t, _) => t.Commits),
        new("k2i_commit_retries_total", MetricType.Counter, "Commits tried again, on a newer base after a conflict, or after an error or a lost answer.", (t, _) => t.CommitRetries),
        new("k2i_flush_retries_total", MetricType.Counter, "Steps of a flush that failed for something that passes, and were waited with.", (t, _) => t.FlushRetries),
        new("k2i_schema_changes_total", MetricType.Counter, "Changes of the columns that records asked for.", (t, _) => t.SchemaChanges),
        new("k2i_data_files_total", MetricType.Counter, "Data files written.", (t, _) => t.DataFiles),
        new("k2i_data_file_bytes_total", MetricType.Counter, "Bytes of the data files written.", (t, _) => t.DataFileBytes),
        new("k2i_missing_topics", MetricType.Gauge, "Topics that the table is to be fed from and that Kafka does not have.", (t, _) => t.MissingTopics.Length),
        new("k2i_last_flush_seconds", MetricType.Gauge, "How long the last flush took, without its commit.", (t, _) => t.LastFlushMs / 1000.0),
        new("k2i_last_commit_seconds", MetricType.Gauge, "How long the last commit took.", (t, _) => t.LastCommitMs / 1000.0),
        new("k2i_last_commit_timestamp_seconds", MetricType.Gauge, "When the last commit was, in Unix time; absent before the first.", (t, _) => t.LastCommitUnixMs == 0 ? double.NaN : t.LastCommitUnixMs / 1000.0),
        new("k2i_oldest_pending_seconds", MetricType.Gauge, "For how long the oldest row not committed has waited; 0 if there is none.", (t, now) => t.OldestPendingUnixMs == 0 ? 0 : Math.Max(0, now - t.OldestPendingUnixMs) / 1000.0),
        new("k2i_maintenance_jobs_total", MetricType.Counter,
            "Jobs done to keep the table in shape: files merged, snapshots expired and the like.",
            (t, _) => t.Maintenance.Jobs),
        new("k2i_maintenance_conflicts_total", MetricType.Counter,
            "Jobs that were dropped because others had changed the table.",
            (t, _) => t.Maintenance.Conflicts),
        new("k2i_maintenance_failures_total", MetricType.Counter,
            "Jobs that failed; the status says why the last one did.",
            (t, _) => t.Maintenance.Failures),
        new("k2i_maintenance_active", MetricType.Gauge,
            "1 while a job is under way.",
            (t, _) => t.Maintenance.Job.Length > 0 ? 1 : 0),
        new("k2i_rows_rewritten_total", MetricType.Counter,
            "Rows written again into larger files; over the rows committed it is the write amplification.",
            (t, _) => t.Maintenance.RowsRewritten),
        new("k2i_bytes_rewritten_total", MetricType.Counter,
            "Bytes of the data files that jobs wrote.",
            (t, _) => t.Maintenance.BytesRewritten),
        new("k2i_files_removed_total", MetricType.Counter,
            "Files that jobs removed from the store.",
            (t, _) => t.Maintenance.FilesRemoved),
        new("k2i_bytes_removed_total", MetricType.Counter,
            "Their bytes, as far as they are known.",
            (t, _) => t.Maintenance.BytesRemoved),
        new("k2i_unfinished_objects_aborted_total", MetricType.Counter,
            "Objects, such as uploads, that were begun and never ended, and that jobs gave up.",
            (t, _) => t.Maintenance.UnfinishedAborted),
        new("k2i_unfinished_objects", MetricType.Gauge,
            "Such objects that were left when last looked for.",
            (t, _) => t.Maintenance.Unfinished),
        new("k2i_orphan_files", MetricType.Gauge,
            "Files that the table did not name and that were left when last looked for.",
            (t, _) => t.Maintenance.Orphans),
        new("k2i_snapshots_expired_total", MetricType.Counter,
            "Snapshots that expired.",
            (t, _) => t.Maintenance.SnapshotsExpired),
        new("k2i_table_files", MetricType.Gauge,
            "Data files of the table, when it was last looked at.",
            (t, _) => t.Maintenance.Shape.DataFiles),
        new("k2i_table_small_files", MetricType.Gauge,
            "Those of them that have less than three quarters of the size that they should have.",
            (t, _) => t.Maintenance.Shape.SmallFiles),
        new("k2i_oldest_snapshot_timestamp_seconds", MetricType.Gauge,
            "When the oldest snapshot of the table was made, in Unix time; absent before it was looked at.",
            (t, _) => t.Maintenance.Shape.OldestSnapshotUnixMs == 0 ? double.NaN : t.Maintenance.Shape.OldestSnapshotUnixMs / 1000.0),
    ];

    /// <summary>A metric with one sample for each lane.</summary>
    public sealed record LaneMetric(string Name, MetricType Type, string Help, Func<LaneStatus, double> Value);

    public static readonly LaneMetric[] OfLanes =
    [
        new("k2i_lane_partitions", MetricType.Gauge, "Partitions that are assigned to the lane.", l => l.Partitions),
        new("k2i_wal_appended_position", MetricType.Gauge, "Everything below this position of the log was appended.", l =>
            l.WalAppendedPosition.Bytes),
        new("k2i_wal_synced_position", MetricType.Gauge, "Everything below this position of the log is on disk.", l =>
            l.WalSyncedPosition.Bytes),
        new("k2i_wal_bytes", MetricType.Gauge, "Bytes of the log that a recovery would read.", l => l.WalBytes),
        new("k2i_wal_sync_p99_seconds", MetricType.Gauge, "99 of 100 groups of the log were on disk so soon after their first append.",
            l => l.WalSyncP99Us / 1_000_000.0),
        new("k2i_wal_trouble", MetricType.Gauge, "1 while the log cannot go on, such as for want of room on the disk.", l =>
            l.WalTrouble.Length > 0 ? 1 : 0),
        new("k2i_wal_disk_bytes", MetricType.Gauge, "Bytes that the files of the log take, spare ones included.", l => l.WalDiskBytes),
    ];

    /// <summary>A metric with one sample for each assigned partition; -1 leaves the sample out.</summary>
    public sealed record PartitionMetric(string Name, string Help, Func<PartitionStatus, long> Value);

    public static readonly PartitionMetric[] OfPartitions =
    [
        new("k2i_partition_lag_records", "Records on the broker that are not fetched yet.", p => p.Lag),
        new("k2i_partition_next_offset", "The next offset to fetch.", p => p.NextOffset.Value),
        new("k2i_partition_committed_offset", "The next offset after the rows in the table.", p => p.CommittedOffset.Value),
        new("k2i_partition_high_watermark", "The broker's end of the partition.", p => p.HighWatermark.Value),
    ];

    /// <summary>A metric with labels of its own.</summary>
    public sealed record OtherMetric(string Name, MetricType Type, string Help, Action<MetricsWriter, EngineStatus> Write);

    public static readonly OtherMetric[] Others =
    [
        new("k2i_build_info", MetricType.Gauge, "Always 1; the version is a label.", (m, _) => m.Sample(1, ("version", Build.Version))),
        new("k2i_start_time_seconds", MetricType.Gauge, "When the process started, in Unix time.", (m, s) => m.Sample(s.StartedUnixMs / 1000.0)),
        new("k2i_healthy", MetricType.Gauge, "1 while nothing asks for a person.", (m, s) => m.Sample(s.Healthy ? 1 : 0)),
        new("k2i_ready", MetricType.Gauge, "1 while every table reads its topics.", (m, s) => m.Sample(s.Ready ? 1 : 0)),
        new("k2i_breaker_open", MetricType.Gauge,
            "1 while the circuit breaker keeps calls from the catalog or the store, 0.5 while it tries one.", (m, s) =>
            m.Sample(s.Breaker switch { "open" => 1, "half-open" => 0.5, _ => 0 })),
        new("k2i_tables", MetricType.Gauge, "Tables in each state.", WriteTableCounts),
        new("k2i_tables_unhealthy", MetricType.Gauge, "Tables that ask for a person.", (m, s) => m.Sample(StatusSums.Of(s).Unhealthy)),
        new("k2i_refused_topics", MetricType.Gauge, "Topics that a template matches and makes no table of.",
            (m, s) => m.Sample(s.RefusedTopics.Length)),
        new("k2i_all_partitions", MetricType.Gauge, "Partitions that are read, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).Partitions)),
        new("k2i_all_records_total", MetricType.Counter, "Kafka records fetched, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).Records)),
        new("k2i_all_rows_total", MetricType.Counter, "Rows taken, of all tables.", (m, s) => m.Sample(StatusSums.Of(s).Rows)),
        new("k2i_all_rows_committed_total", MetricType.Counter, "Rows that stand in an Iceberg snapshot, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).RowsCommitted)),
        new("k2i_all_dead_letters_total", MetricType.Counter, "Records set aside, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).DeadLetters)),
        new("k2i_all_commits_total", MetricType.Counter, "Iceberg snapshots made, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).Commits)),
        new("k2i_all_lag_records", MetricType.Gauge, "Records on the broker that are not fetched yet, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).Lag)),
        new("k2i_all_ring_bytes", MetricType.Gauge, "Native memory that holds rows, of all tables.",
            (m, s) => m.Sample(StatusSums.Of(s).HeldBytes)),
        new("k2i_flushed_bytes", MetricType.Gauge, "Memory of rows that are in a table and stay for queries while nobody needs the room.",
            (m, s) => m.Sample(s.FlushedBytes)),
        new("k2i_pinned_bytes", MetricType.Gauge, "Memory of rows that queries keep and all others have given up.",
            (m, s) => m.Sample(s.PinnedBytes)),
        new("k2i_index_bytes", MetricType.Gauge, "Memory of key indexes.", (m, s) => m.Sample(s.IndexBytes)),
        new("k2i_resident_memory_bytes", MetricType.Gauge, "Resident memory of the process.", (m, _) => m.Sample(Environment.WorkingSet)),
        new("k2i_managed_heap_bytes", MetricType.Gauge, "Managed memory in use.", (m, _) => m.Sample(GC.GetTotalMemory(forceFullCollection: false))),
    ];

    public static readonly OtherMetric[] OthersOfTables =
    [
        new("k2i_table_state", MetricType.Gauge, "1 for the state that the table is in.", WriteStates),
        new("k2i_dead_letters_total", MetricType.Counter, "Records set aside, by reason.", WriteDeadLetters),
        new("k2i_table_paused", MetricType.Gauge, "1 for the reason for which the table is paused.", WritePauses),
    ];

    /// <param name="tables">So many tables have metrics of their own.</param>
    public static void Write(MetricsWriter metrics, EngineStatus status, int tables, long nowUnixMs)
    {
        foreach (var metric in Others)
        {
            metrics.Family(metric.Name, metric.Type, metric.Help);
            metric.Write(metrics, status);
        }
        foreach (var metric in OfLanes)
        {
            metrics.Family(metric.Name, metric.Type, metric.Help);
            foreach (var lane in status.Lanes)
                metrics.Sample(metric.Value(lane), ("lane", lane.Lane.ToString(CultureInfo.InvariantCulture)));
        }
        var shown = status with
        {
            Tables = [.. status.Tables.Length <= tables ? status.Tables
            : status.Tables.OrderByDescending(t => t.Lag).ThenByDescending(t => t.Rows).Take(tables)]
        };
        if (tables == 0) return;
        foreach (var metric in OthersOfTables)
        {
            metrics.Family(metric.Name, metric.Type, metric.Help);
            metric.Write(metrics, shown);
        }
        foreach (var metric in OfTables) Write(metrics, metric, shown, nowUnixMs);
        foreach (var metric in OfPartitions) Write(metrics, metric, shown);
    }

    private static void WriteTableCounts(MetricsWriter metrics, EngineStatus status)
    {
        foreach (var state in Enum.GetValues<TableState>())
            metrics.Sample(status.Tables.Count(t => t.State == state), ("state", StatusJson.NameOf(state)));
    }

    private static void Write(MetricsWriter metrics, TableMetric metric, EngineStatus status, long nowUnixMs)
    {
        metrics.Family(metric.Name, metric.Type, metric.Help);
        foreach (var table in status.Tables)
            if (metric.Value(table, nowUnixMs) is var value && !double.IsNaN(value)) metrics.Sample(value, ("table", table.Name));
    }

    private static void Write(MetricsWriter metrics, PartitionMetric metric, EngineStatus status)
    {
        metrics.Family(metric.Name, MetricType.Gauge, metric.Help);
        foreach (var table in status.Tables)
            foreach (var partition in table.Partitions)
                if (metric.Value(partition) is >= 0 and var value)
                    metrics.Sample(value, ("table", table.Name), ("topic", partition.Topic), ("partition", partition.Partition.ToString(CultureInfo.InvariantCulture)));
    }

    private static void WriteStates(MetricsWriter metrics, EngineStatus status)
    {
        foreach (var table in status.Tables)
            foreach (var state in Enum.GetValues<TableState>())
                metrics.Sample(table.State == state ? 1 : 0, ("table", table.Name), ("state", StatusJson.NameOf(state)));
    }

    private static void WriteDeadLetters(MetricsWriter metrics, EngineStatus status)
    {
        foreach (var table in status.Tables)
            foreach (var (reason, count) in table.DeadLetters) metrics.Sample(count, ("table", table.Name), ("reason", reason));
    }

    private static void WritePauses(MetricsWriter metrics, EngineStatus status)
    {
        foreach (var table in status.Tables)
            foreach (var reason in Enum.GetValues<PauseReason>())
                metrics.Sample(table.PauseReason == reason ? 1 : 0, ("table", table.Name), ("reason", PauseReasons.NameOf(reason)));
    }
}
