using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// Reads the rows of some files, without the deleted ones, and writes them into others that take their place in one commit.
/// </summary>
/// <remarks>
/// <code>
///   check ─► copy ─► commit               row groups as they are, where that is allowed
///     └────► read and write ─► commit     rows in the order that they came
///   read ─► sort ─► write ─► commit       rows in another order, or of several partitions
/// </code>
/// Rows keep their order unless they are sorted, and in version 3 their ids and the sequence numbers of their last change. The new files
/// keep the data sequence number of the snapshot that was read, so that equality deletes that come meanwhile still find their rows.
/// Memory: one input's batch and one output's row group, both by bytes, whatever a row has; of deletes, the positions and keys of those
/// that concern the inputs.
/// </remarks>
internal sealed class CompactionJob : MaintenanceJob
{
    /// <summary>
    /// Parts of the memory that sorting takes, keys of deletes, and a row group being encoded; the rest is for reading, and for what grows
    /// by doubling.
    /// </summary>
    private const int SortShare = 4, KeyShare = 2, RowGroupShare = 4, RowGroupShareOfSorted = 8;

    /// <summary>How often a job looks at what others did before it is dropped.</summary>
    private const int MostSettled = 5;

    private readonly CompactionPlan plan;
    private readonly JobContext context;
    private readonly Dictionary<string, ScanTask> inputs;
    private readonly ScanReader reader;
    private readonly RowSorter? sorter;
    private readonly CompactionFiles files;
    private readonly CompactionOutput output;
    private readonly RowGroupCopy copy;
    private readonly MovedRows moved = new();
    private SnapshotId start;
    private Func<bool> step;
    private FileChange? action;
    private string? readFrom;
    private long readBytes;
    private long carried;
    private int left, settled;

    internal CompactionJob(CompactionPlan plan, JobContext context)
    {
        (this.plan, this.context, start) = (plan, context, plan.Snapshot.SnapshotId);
        inputs = plan.Inputs.ToDictionary(t => t.Data.File.FilePath, StringComparer.Ordinal);
        var metadata = plan.Table.Metadata;
        var memory = Math.Min(context.MemoryBytes, context.Buffers.LimitBytes);
        var scan = new TableScan(plan.Table, context.Store,
            new ScanRequest { RowLineage = metadata.FormatVersion >= 3, Filter = plan.Kept, MostKeyBytes = memory / KeyShare });
        var router = plan.IsRouted ? new PartitionRouter(plan.Spec, scan.Schema) : null;
        var sorted = plan.Order.SortOrderOf(metadata);
        if (OrderOf(scan.Schema, sorted, router) is { } order)
            sorter = new RowSorter(scan.Schema, order, context,
                $"{metadata.Location}/data/sort-{context.Random.NewTimeGuid(context.Clock.UnixMs)}", memory / SortShare);
        files = new CompactionFiles(plan, context);
        output = new CompactionOutput(plan, context, files, scan.Schema, router, sorter is not null, sorted,
            memory / (sorter is null ? RowGroupShare : RowGroupShareOfSorted));
        reader = scan.Read(plan.Inputs, context.Buffers);
        copy = new RowGroupCopy(plan, context, files);
        step = RowGroupCopy.MayCopy(plan) ? CheckCopy : Read;
    }

    public override JobPlan Plan => plan;

    public override double Progress
    {
        get
        {
            if (Outcome is not null) return 1;
            var all = plan.Inputs.Sum(t => t.Data.File.FileSizeBytes);
            return all == 0 ? 0 : Math.Min(sorter is null ? 0.99 : 0.5, (double)readBytes / all);
        }
    }

    public override bool Step() => Outcome is null && step();

    public override void Dispose()
    {
        reader.Dispose();
        sorter?.Dispose();
        output.Dispose();
        copy.Dispose();
        // What was committed stays, and what may have been.
        if (Outcome is { Conflict: null } || action is { MayHaveLanded: true }) return;
        files.Remove();
    }

    /// <summary>Null where rows are to lie as they come.</summary>
    private OrderKey? OrderOf(Schema schema, SortOrder? sorted, PartitionRouter? router)
    {
        var order = plan.Order.Kind == RowOrderKind.ZOrder
            ? OrderKey.ByZOrder(plan.Order.Columns, schema, plan.Inputs.Select(t => t.Data.File))
            : sorted is not null ? OrderKey.BySortOrder(sorted, schema)
            : null;
        if (router is null) return order;
        var partition = OrderKey.ByPartition(router);
        return order is null ? partition : partition.Then(order);
    }

    private bool CheckCopy()
    {
        if (copy.Check() is { } can) step = can ? Copy : Read;
        return true;
    }

    private bool Copy()
    {
        if (!copy.Copy()) step = Commit;
        readBytes = copy.CopiedBytes;
        return true;
    }

    private bool Read()
    {
        if (!reader.TryRead(out var batch))
        {
            step = sorter is null ? Commit : Sort;
            return true;
        }
        if (readFrom != batch.File.FilePath)
        {
            readFrom = batch.File.FilePath;
            readBytes += batch.File.FileSizeBytes;
            output.From(inputs[readFrom], reader.FileMetadata);
        }
        if (sorter is null)
        {
            output.Write(batch.Batch, batch.Selected);
            moved.Wrote(batch);
        }
        else sorter.Add(batch);
        return true;
    }

    private bool Sort()
    {
        if (!sorter!.Prepare()) step = WriteSorted;
        return true;
    }

    private bool WriteSorted()
    {
        if (sorter!.TryRead(out var batch, out var ordinals))
        {
            output.Write(batch, ordinals);
            return true;
        }
        sorter.Dispose();
        step = Commit;
        return true;
    }

    private FileChange NextAction()
    {
        ImmutableArray<DataFile> replaced = [.. files.Groups.SelectMany(g => g.Inputs).Select(t => t.Data.File)];
        ImmutableArray<DataFile> complete = [.. files.Groups.SelectMany(g => g.Outputs)];
        long? sequenceNumber = complete.Length > 0 && KeysAreFound ? plan.Snapshot.SequenceNumber : null;
        // The same rows but for those that deletes took, or fewer: what others read by, that a replacement changes no row, must hold.
        return plan.Kept is null
            ? new RewriteFiles
            {
                StartSnapshotId = start,
                Replaced = replaced,
                Files = complete,
                DeleteFiles = files.Deletes,
                DataSequenceNumber = sequenceNumber,
                SummaryOf = context.Use.SummaryOf,
                VerifyFiles = true,
            }
            : new OverwriteFiles
            {
                StartSnapshotId = start,
                Removed = replaced,
                Files = complete,
                DeleteFiles = files.Deletes,
                DataSequenceNumber = sequenceNumber,
                SummaryOf = context.Use.SummaryOf,
                VerifyFiles = true,
            };
    }

    /// <summary>
    /// Keys deleted meanwhile are found in the new files, as old as what they replace; they are looked for in files of one spec only.
    /// </summary>
    private bool KeysAreFound => !plan.IsRouted;

    /// <summary>May be taken again after an error: the same commit is then tried, and found where it landed.</summary>
    private bool Commit()
    {
        if (action is null)
        {
            output.Finish();
            files.Finish();
            moved.Finish();
            action = NextAction();
        }
        string? conflict;
        try
        {
            var result = context.Committer.Commit(context.Ident, action);
            conflict = result.Status == CommitStatus.Committed ? null : result.Reason ?? "the table is another";
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Conflict && !action.MayHaveLanded)
        {
            conflict = error.Message;
        }
        if (conflict is not null && !action.MayHaveLanded && Settle())
        {
            action = NextAction();
            return true;
        }
        Outcome = conflict is null ? Done() : new JobOutcome { Conflict = conflict };
        return false;
    }

    /// <summary>
    /// Looks at what others did meanwhile. Where rows lie in the order that they came, those deleted by their place are deleted in the new
    /// files. Other groups of which rows were deleted, or files taken, stay as they are. False where nothing can be committed then.
    /// </summary>
    private bool Settle()
    {
        if (settled++ == MostSettled || context.Catalog.TryLoad(context.Ident) is not { } table) return false;
        if (table.Metadata.Uuid != plan.Table.Metadata.Uuid || table.Metadata.CurrentSnapshot is not { } head || head.SnapshotId == start
            || ChangesSince.Of(table.Metadata, head, start, new ManifestReader(context.Store)) is null) return false;
        var scan = new TableScan(table, context.Store);
        var now = scan.Plan().ToDictionary(t => t.Data.File.FilePath, StringComparer.Ordinal);
        var lost = files.Groups.Where(g => g.Inputs.Exists(i => !IsSame(i, now.GetValueOrDefault(i.Data.File.FilePath), g))).ToHashSet();
        if (lost.Count == files.Groups.Count) return false;
        left += lost.Sum(g => g.Inputs.Count);
        files.Drop(lost.Contains);
        Carry(scan, now);
        start = head.SnapshotId;
        return true;
    }

    /// <summary>Still in the table, and nothing was deleted of it but what can be carried on.</summary>
    private bool IsSame(ScanTask input, ScanTask? now, CompactionGroup group) => now is not null
        && NewDeletes(input, now).All(d => d.Content == FileContent.EqualityDeletes ? KeysAreFound : sorter is null && moved.Knows(group));

    private static IEnumerable<DataFile> NewDeletes(ScanTask input, ScanTask now)
    {
        var known = input.Deletes.Select(d => (d.File.FilePath, d.File.ContentOffset)).ToHashSet();
        return now.Deletes.Select(d => d.File).Where(d => !known.Contains((d.FilePath, d.ContentOffset)));
    }

    private void Carry(TableScan scan, Dictionary<string, ScanTask> now)
    {
        carried = 0;
        using var deletes = new DeleteWriter(scan.Table, context.Store, context.Random);
        foreach (var group in files.Groups)
            foreach (var (output, rows) in moved.Find(group, NewPositions))
            {
                deletes.Delete(output, rows);
                carried += rows.Count;
            }
        files.Carry(deletes.Finish().Added);

        RowPositions? NewPositions(ScanTask input)
        {
            var task = now[input.Data.File.FilePath];
            return NewDeletes(input, task).Any(d => d.Content == FileContent.PositionDeletes)
                ? scan.DeletedPositions(task, context.Buffers) : null;
        }
    }

    private JobOutcome Done()
    {
        var (replaced, complete) = (files.Groups.SelectMany(g => g.Inputs).ToList(), files.Groups.SelectMany(g => g.Outputs).ToList());
        return new JobOutcome
        {
            Snapshot = action!.SnapshotId,
            FilesIn = replaced.Count,
            FilesOut = complete.Count,
            RowsRewritten = complete.Sum(f => f.RecordCount),
            BytesRead = replaced.Sum(t => t.Data.File.FileSizeBytes),
            BytesWritten = complete.Sum(f => f.FileSizeBytes),
            Notes =
            [
                .. left == 0 ? [] : (ReadOnlySpan<string>)[$"{left} files stay as they are for now, for others changed them meanwhile"],
                .. carried == 0 ? [] : (ReadOnlySpan<string>)[$"{carried} rows that others deleted meanwhile are deleted in the new files"],
            ],
        };
    }
}
