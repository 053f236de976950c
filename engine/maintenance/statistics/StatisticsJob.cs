using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// Reads rows, a batch a step, into sketches of distinct values, writes them as a statistics file of the snapshot that was read, and tells
/// the table of it. Rows are not changed.
/// </summary>
internal sealed class StatisticsJob(StatisticsPlan plan, JobContext context) : SteppedJob(plan, context)
{
    private const double Counted = 0.9;

    private string? written;

    protected override IEnumerable<double> Steps()
    {
        var table = Load();
        if (table.Metadata.CurrentSnapshot is not { } snapshot
            || DistinctSketches.ColumnsOf(table.Metadata.CurrentSchema) is { IsEmpty: true })
        {
            Outcome = new JobOutcome();
            yield break;
        }
        var schema = table.Metadata.CurrentSchema;
        var scan = new TableScan(table, Context.Store,
            new ScanRequest { Columns = [.. DistinctSketches.ColumnsOf(schema).Select(f => f.Name)] });
        var sketches = new DistinctSketches(schema);
        var tasks = New(table, snapshot, sketches);
        if (tasks is null)
        {
            sketches = new DistinctSketches(schema);
            tasks = scan.Plan();
        }
        var all = tasks.Value.Sum(t => t.Data.File.RecordCount);
        long read = 0;
        using (var reader = scan.Read(tasks.Value, Context.Buffers))
        {
            while (reader.TryRead(out var rows))
            {
                sketches.Add(rows);
                read += rows.Batch.Rows;
                yield return Counted * read / (all + 1.0);
            }
        }
        var statistics = sketches.Write(Context.Store, Begin(table, snapshot, ".stats"), snapshot);
        var result = Committed(new UpdateStatistics(statistics));
        var outcome = new JobOutcome
        {
            Conflict = result.Status == CommitStatus.Aborted ? result.Reason : null,
            FilesIn = tasks.Value.Length,
            BytesRead = tasks.Value.Sum(t => t.Data.File.FileSizeBytes),
            BytesWritten = statistics.FileSizeBytes,
        };
        var partitions = new PartitionCounts(table.Metadata);
        if (outcome.Conflict is null && !partitions.IsEmpty)
        {
            var reader = new ManifestReader(Context.Store);
            foreach (var manifest in reader.Manifests(table.Metadata, snapshot).Where(m => m.MayHaveLiveFiles))
            {
                foreach (var entry in reader.Entries(table.Metadata, manifest).Where(e => e.IsLive)) partitions.Add(entry);
                yield return Counted;
            }
            var counts = partitions.Write(Context.Store, Begin(table, snapshot, ".partitions.parquet"), snapshot.SnapshotId,
                Context.Buffers);
            result = Committed(new UpdateStatistics(counts, ofPartitions: true));
            outcome = outcome with
            {
                Conflict = result.Status == CommitStatus.Aborted ? result.Reason : null,
                BytesWritten = outcome.BytesWritten + counts.FileSizeBytes,
            };
        }
        Outcome = outcome;
    }

    /// <summary>The location of a file that is given up with the job until a commit may have named it.</summary>
    private string Begin(Table table, Snapshot snapshot, string suffix) => written = string.Create(
        CultureInfo.InvariantCulture, $"{table.Metadata.MetadataFolder}/{snapshot.SnapshotId}-{Context.Random.NewGuid()}{suffix}");

    public override void Dispose()
    {
        base.Dispose();
        if (written is null) return;
        try
        {
            _ = Context.Store.Delete(written);
        }
        catch (EngineException error)
        {
            Context.Log.Warn("a file of statistics that nothing names was left behind", ("file", written), ("error", error.Message));
        }
    }

    /// <summary>
    /// Whatever the commit comes to, the file is the table's from here on, or an orphan, unless it certainly is not named.
    /// </summary>
    private CommitResult Committed(TableAction action)
    {
        var file = written;
        written = null;
        var result = Commit(action);
        if (result.Status == CommitStatus.Aborted && !result.MayHaveLanded) written = file;
        return result;
    }

    /// <summary>
    /// Only the files that came since the plan's statistics, which are counted already; null: that cannot be told, or not gone on with.
    /// </summary>
    private ImmutableArray<ScanTask>? New(Table table, Snapshot snapshot, DistinctSketches sketches)
    {
        if (plan.Since is not { } since) return null;
        if (StatisticsPlanner.Plan(table.Metadata, StatisticsPolicy.Always)?.Since != since) return null;
        if (ChangesSince.Of(table.Metadata, snapshot, since.SnapshotId, new ManifestReader(Context.Store)) is not { } changes) return null;
        return sketches.TryAdd(Context.Store, since) ? [.. changes.Rows.Select(file => new ScanTask(file, []))] : null;
    }
}
