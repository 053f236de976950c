using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>An action that adds files to a table and removes some, in one snapshot. Manifests of new files are written once; small manifests are merged now and then.</summary>
/// <remarks>
/// With a data file go the deletes that concern it alone, and deletes older than every data file left. What the action was decided on must hold of the
/// base still: where it does not, the attempt ends in an Abort, and the decision has to be made again on the table as it is.
/// </remarks>
public abstract class FileChange : SnapshotAction
{
    private AddedManifests addedData = new(), addedDeletes = new();
    private ManifestFilter dataFilter = new(), deleteFilter = new();
    private ManifestMerger dataMerger = new(), deleteMerger = new();
    private readonly HashSet<string> verified = new(StringComparer.Ordinal);
    private ImmutableArray<DataFile> added = [];

    private protected FileChange(string branch) : base(branch)
    {
    }

    /// <summary>Summary entries of the application.</summary>
    public ImmutableSortedDictionary<string, string> Summary { get; init; } = SummaryKeys.Empty;

    /// <summary>
    /// Asked in every attempt for more of them, with the table as it was just loaded: what the table's snapshots carry is carried on.
    /// </summary>
    public Func<Table, ImmutableSortedDictionary<string, string>>? SummaryOf { get; init; }

    /// <summary>Table properties set in the same commit.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;

    /// <summary>Ask the store for each added file's length before the first attempt: a wrong one stops the commit.</summary>
    public bool VerifyFiles { get; init; }

    /// <summary>Asked in every attempt, with the table as it was just loaded. It says AlreadyDone if the rows are in, also where the snapshot that brought them has expired.</summary>
    public Func<Table, FenceVerdict>? Fence { get; init; }

    internal override bool KnowsItself => Fence is not null;

    private protected abstract FileChanges Changes { get; }

    /// <summary>The operation's name, by what is added and whether data files were removed.</summary>
    private protected abstract string OperationOf(FileChanges changes, bool removesData);

    /// <summary>Why what the action was decided on does not hold of this base; null if it does.</summary>
    private protected virtual string? Conflict(Table table, Snapshot? parent, FileChanges changes, ManifestReader reader) => null;

    private protected override ActionResult? Decide(Table table, Snapshot? parent, ActionContext context, out SnapshotContent? content)
    {
        content = null;
        var changes = Changes;
        var (extra, properties) = (Summary, Properties);
        switch (Fence?.Invoke(table))
        {
            case FenceVerdict.AlreadyDone done:
                return new ActionResult.AlreadyDone(done.Why);
            case FenceVerdict.Abort abort:
                return new ActionResult.Abort(abort.Reason);
            case FenceVerdict.ProceedWith other:
                (changes, extra, properties) = (changes with { Data = other.Files }, other.Summary, other.Properties);
                break;
        }
        if (SummaryOf is { } carried) extra = extra.SetItems(carried(table));
        changes.Require(table);
        added = [.. changes.Data, .. changes.Deletes];
        var reader = new ManifestReader(context.Store, context.Lists);
        if (Conflict(table, parent, changes, reader) is { } conflict) return new ActionResult.Abort(conflict);

        var before = parent is null ? [] : reader.Manifests(table.Metadata, parent);
        var live = before.Where(m => m.MayHaveLiveFiles).ToList();
        var data = RemoveData(table, changes, live, reader, context);
        if (Missing(changes.RemovedData, data.Removed) is { } lostData) return new ActionResult.Abort($"data file {lostData} is not in the table any more");
        var deletes = RemoveDeletes(table.Metadata, changes, data, live, reader, context);
        if (Missing(changes.RemovedDeletes, deletes.Removed) is { } lostDelete) return new ActionResult.Abort($"delete file {lostDelete} is not in the table any more");

        var operation = OperationOf(changes, data.Removed.Count > 0);
        if (Uneven(operation, changes, data.Removed) is { } uneven) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: {uneven}");
        content = Content(table.Metadata, changes, operation, before, data, deletes, context) with { ExtraSummary = extra, Properties = properties };
        return null;
    }

    private protected override void Forget()
    {
        (addedData, addedDeletes) = (new(), new());
        (dataFilter, deleteFilter) = (new(), new());
        (dataMerger, deleteMerger) = (new(), new());
    }

    private SnapshotContent Content(
        TableMetadata table, FileChanges changes, string operation, IReadOnlyList<ManifestFile> before, ManifestFilter.Result data, ManifestFilter.Result deletes, ActionContext context)
    {
        var id = SnapshotId!.Value;
        var newData = addedData.For(table, changes.Data, id, changes.DataSequenceNumber, w => Store(table, w, context));
        var newDeletes = addedDeletes.For(table, changes.Deletes, id, null, w => Store(table, w, context));
        ImmutableArray<ManifestFile> manifests =
        [
            .. dataMerger.Merge(table, id, [.. newData, .. data.Manifests], context, w => Store(table, w, context), Settle),
            .. deleteMerger.Merge(table, id, [.. newDeletes, .. deletes.Manifests], context, w => Store(table, w, context), Settle),
        ];
        var summary = new SnapshotSummary();
        foreach (var file in (IEnumerable<DataFile>)[.. changes.Data, .. changes.Deletes]) summary.Added(file);
        foreach (var file in (IEnumerable<DataFile>)[.. data.Removed, .. deletes.Removed]) summary.Removed(file);
        summary.CountManifests(before, manifests, id);
        return new SnapshotContent(operation, before, manifests, summary);
    }

    private ManifestFilter.Result RemoveData(Table table, FileChanges changes, List<ManifestFile> carried, ManifestReader reader, ActionContext context)
    {
        var metadata = table.Metadata;
        var manifests = carried.Where(m => m.Content == ManifestContent.Data);
        if (changes.RemovedData.IsEmpty && changes.RemovedRows is null) return new ManifestFilter.Result([.. manifests], []);
        var wanted = new FilePlaces(metadata, changes.RemovedData);
        var rows = changes.RemovedRows is { } filter ? new RowRemoval(filter, table) : null;
        return dataFilter.Apply(metadata, SnapshotId!.Value, manifests, m => wanted.MayBeIn(m) || rows?.MayBeIn(m) == true, e => wanted.Contains(e.File) || rows?.Removes(e.File) == true, reader, w => Store(metadata, w, context));
    }

    private ManifestFilter.Result RemoveDeletes(TableMetadata table, FileChanges changes, ManifestFilter.Result data, List<ManifestFile> carried, ManifestReader reader, ActionContext context)
    {
        var manifests = carried.Where(m => m.Content == ManifestContent.Deletes);
        if (!changes.Removes) return new ManifestFilter.Result([.. manifests], []);
        var wanted = new FilePlaces(table, changes.RemovedDeletes);
        var gone = data.Removed.Select(f => f.FilePath).ToHashSet(StringComparer.Ordinal);
        var oldest = data.Manifests.Where(m => m.MinSequenceNumber != ManifestFile.UnassignedSequence && m.MayHaveLiveFiles).Select(m => m.MinSequenceNumber)
            .Append(changes.DataSequenceNumber ?? long.MaxValue).Append(table.LastSequenceNumber).Min();
        return deleteFilter.Apply(table, SnapshotId!.Value, manifests,
            m => gone.Count > 0 || m.MinSequenceNumber < oldest || wanted.MayBeIn(m),
            e => wanted.Contains(e.File) || (e.SequenceNumber > 0 && e.SequenceNumber < oldest) || (e.File.ReferencedDataFile is { } path && gone.Contains(path)),
            reader, w => Store(table, w, context));
    }

    private static string? Missing(ImmutableArray<DataFile> wanted, List<DataFile> removed)
    {
        if (wanted.IsEmpty) return null;
        var found = removed.Select(FileKey.Of).ToHashSet();
        foreach (var file in wanted)
            if (!found.Contains(FileKey.Of(file))) return FileKey.Of(file).ToString();
        return null;
    }

    /// <summary>A replacement holds the rows it replaces, less those that deletes had taken.</summary>
    private static string? Uneven(string operation, FileChanges changes, List<DataFile> removed) =>
        operation == "replace" && changes.Data.Sum(f => f.RecordCount) is var added && removed.Where(f => f.Content == FileContent.Data).Sum(f => f.RecordCount) is var lost && added > lost
            ? $"files of {lost} rows are to be replaced by files of {added}" : null;

    private protected override void Verify(Table table, ActionContext context)
    {
        if (!VerifyFiles) return;
        var files = added.Where(f => !verified.Contains(f.FilePath)).ToList();
        foreach (var (file, length) in files.Zip(context.Store.Lengths([.. files.Select(f => f.FilePath)])))
        {
            if (length != file.FileSizeBytes)
                throw new EngineException(ErrorKind.Fatal,
                    $"table {table.Ident}: {file.FilePath} has {length} bytes, {file.FileSizeBytes} were written");
            verified.Add(file.FilePath);
        }
    }
}
