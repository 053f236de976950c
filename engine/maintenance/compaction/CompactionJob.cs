using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Reads the rows of some files, without the deleted ones, and writes them into others that take their place in one commit.</summary>
/// <remarks>
/// Rows keep their order, and in version 3 their ids and the sequence numbers of their last change. The new files keep the data sequence number of the snapshot that was
/// read, so that equality deletes that come meanwhile still find their rows. Memory: one input's batch and one output's row group, both by bytes, whatever a row has; of
/// deletes, the positions and keys of those that concern the inputs.
/// </remarks>
internal sealed class CompactionJob : MaintenanceJob
{
    private readonly CompactionPlan plan;
    private readonly JobContext context;
    private readonly TableScan scan;
    private readonly ScanReader reader;
    private readonly CompactionOutput output;
    private FileChange? action;
    private string? readFrom;
    private long readBytes;
    private long rows;

    internal CompactionJob(CompactionPlan plan, JobContext context)
    {
        (this.plan, this.context) = (plan, context);
        var isLineage = plan.Table.Metadata.FormatVersion >= 3;
        scan = new TableScan(plan.Table, context.Store, new ScanRequest { RowLineage = isLineage, Filter = plan.Kept });
        reader = scan.Read(plan.Inputs, context.Buffers);
        output = new CompactionOutput(plan, context, scan.Schema);
    }

    public override JobPlan Plan => plan;

    public override double Progress
    {
        get
        {
            if (Outcome is not null) return 1;
            var all = plan.Inputs.Sum(t => t.Data.File.FileSizeBytes);
            return all == 0 ? 0 : Math.Min(0.99, (double)readBytes / all);
        }
    }

    public override bool Step()
    {
        if (Outcome is not null) return false;
        if (action is null && reader.TryRead(out var batch))
        {
            Take(batch);
            return true;
        }
        action ??= ActionOf(output.Finish());
        Commit(action);
        return false;
    }

    public override void Dispose()
    {
        reader.Dispose();
        output.Dispose();
        // What was committed stays, and what may have been.
        if (Outcome is { Conflict: null } || action is { MayHaveLanded: true }) return;
        output.Remove();
    }

    private void Take(ScanBatch batch)
    {
        if (readFrom != batch.File.FilePath)
        {
            readFrom = batch.File.FilePath;
            readBytes += batch.File.FileSizeBytes;
            output.From(reader.FileMetadata);
        }
        rows += batch.Rows;
        output.Write(batch);
    }

    private FileChange ActionOf(IReadOnlyList<DataFile> files)
    {
        // The same rows but for those that deletes took, or fewer: what others read by, that a replacement changes no row, must hold.
        return plan.Kept is null
            ? new RewriteFiles
            {
                StartSnapshotId = plan.Snapshot.SnapshotId,
                Replaced = [.. plan.Inputs.Select(t => t.Data.File)],
                Files = [.. files],
                DataSequenceNumber = files.Count > 0 ? plan.Snapshot.SequenceNumber : null,
                SummaryOf = context.Use.SummaryOf,
                VerifyFiles = true,
            }
            : new OverwriteFiles
            {
                StartSnapshotId = plan.Snapshot.SnapshotId,
                Removed = [.. plan.Inputs.Select(t => t.Data.File)],
                Files = [.. files],
                SummaryOf = context.Use.SummaryOf,
                VerifyFiles = true,
            };
    }

    private void Commit(FileChange action)
    {
        var committer = new TableCommitter(context.Catalog, context.Store, clock: context.Clock, log: context.Log, random: context.Random);
        string? conflict;
        try
        {
            var result = committer.Commit(context.Ident, action);
            conflict = result.Status == CommitStatus.Committed ? null : result.Reason ?? "the table is another";
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Conflict && !action.MayHaveLanded)
        {
            conflict = error.Message;
        }
        Outcome = conflict is null
            ? new JobOutcome
            {
                Snapshot = action.SnapshotId,
                FilesIn = plan.Inputs.Length,
                FilesOut = output.Files.Count,
                RowsRewritten = rows,
                BytesRead = plan.Inputs.Sum(t => t.Data.File.FileSizeBytes),
                BytesWritten = output.Files.Sum(f => f.FileSizeBytes),
            }
            : new JobOutcome { Conflict = conflict };
    }
}
