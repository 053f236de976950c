using System.Diagnostics.CodeAnalysis;
using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>Puts files together by copying their row groups byte for byte, where all rows stay as they are. One thread.</summary>
/// <remarks>
/// That is so where no row is deleted, too old, sorted or of another partition, where the files have the same columns, none of them
/// dropped since, stored alike with the codec that the table wants, and where row groups are large enough already: small ones would stay
/// small. In version 3, rows without ids of their own get the two columns that say what they inherited. Other wishes of the table (pages,
/// encodings, Bloom filters) count for what is encoded anew only.
/// </remarks>
internal sealed class RowGroupCopy(CompactionPlan plan, JobContext context, CompactionFiles files) : IDisposable
{
    private readonly TableMetadata table = plan.Table.Metadata;
    private readonly ParquetCodec codec = ParquetProperties.OptionsOf(plan.Table.Metadata, long.MaxValue).Codec;
    private readonly HashSet<string> wanted = plan.Inputs.Select(t => t.Data.File.FilePath).ToHashSet(StringComparer.Ordinal);
    private readonly Dictionary<string, DataFile> described = new(StringComparer.Ordinal);
    private readonly List<DataFile> parts = [];
    private readonly List<IReadOnlyDictionary<string, string>> replaced = [];
    private Queue<ManifestFile>? manifests;
    private RowGroupSource? first, source;
    private StoreSource? file;
    private IObjectWriter? target;
    private ParquetConcat? concat;
    private long groupBytes, rowsBefore;
    private int groups, checkedFiles, input, rowGroup;

    /// <summary>What can be told without looking into files.</summary>
    internal static bool MayCopy(CompactionPlan plan) =>
        plan.Kept is null && !plan.IsRouted && plan.Order.Kind != RowOrderKind.ZOrder && plan.Order.SortOrderOf(plan.Table.Metadata) is null
        && plan.Inputs.All(t => t.Deletes.IsEmpty)
            && (plan.Table.Metadata.FormatVersion < 3 || plan.Inputs.All(t => t.Data.File.FirstRowId is not null));

    /// <summary>Bytes of the files that were copied.</summary>
    internal long CopiedBytes { get; private set; }

    /// <summary>Looks into the next input; null while there are more, then whether they can be copied.</summary>
    internal bool? Check()
    {
        if (checkedFiles == plan.Inputs.Length) return groups > 0 && groupBytes / groups >= plan.LeastRowGroupBytes;
        using var opened = new StoreSource(context.Store.Open(plan.Inputs[checkedFiles++].Data.File.FilePath));
        var next = new RowGroupSource(opened);
        if (!next.IsComplete || next.Codec != codec || first?.GoesWith(next) == false || !next.ColumnIds.All(IsWanted)) return false;
        if (table.FormatVersion >= 3 && RowLineageColumns.AreIn(next) is null) return false;
        first ??= next;
        groups += next.RowGroups;
        groupBytes += Enumerable.Range(0, next.RowGroups).Sum(next.BytesOf);
        return null;
    }

    /// <summary>Columns that were dropped do not come along.</summary>
    private bool IsWanted(int column) => table.CurrentSchema.FindById(column) is not null || RowLineageColumns.Ids.Contains(column);

    /// <summary>Copies the next row group; false when all are.</summary>
    internal bool Copy()
    {
        if (described.Count < plan.Inputs.Length)
        {
            Describe();
            return true;
        }
        if (source is null)
        {
            if (input == plan.Inputs.Length)
            {
                Close();
                return false;
            }
            Open(plan.Inputs[input]);
        }
        var task = plan.Inputs[input];
        if (rowGroup < source.RowGroups)
        {
            concat!.Append(source, rowGroup, Beside(task.Data, source));
            rowsBefore += source.RowsOf(rowGroup++);
            return true;
        }
        CopiedBytes += task.Data.File.FileSizeBytes;
        file!.Dispose();
        (file, source) = (null, null);
        input++;
        if (concat!.Bytes >= plan.FileBytes) Close();
        return true;
    }

    public void Dispose()
    {
        concat?.Dispose();
        target?.Dispose();
        file?.Dispose();
        (concat, target, file) = (null, null, null);
    }

    /// <summary>Looks up what the next manifest says of the inputs.</summary>
    private void Describe()
    {
        var reader = new ManifestReader(context.Store);
        manifests ??= new(reader.Manifests(table, plan.Snapshot).Where(m => m.Content == ManifestContent.Data && m.MayHaveLiveFiles));
        if (!manifests.TryDequeue(out var manifest)) throw NotThere();
        foreach (var entry in reader.Entries(table, manifest))
            if (entry.IsLive && wanted.Contains(entry.File.FilePath)) described[entry.File.FilePath] = entry.File;
    }

    private EngineException NotThere() =>
        new(ErrorKind.Corrupt, $"table {context.Ident}: files of snapshot {plan.Snapshot.SnapshotId} are not in its manifests");

    [MemberNotNull(nameof(source))]
    private void Open(ScanTask task)
    {
        file = new StoreSource(context.Store.Open(task.Data.File.FilePath));
        source = new RowGroupSource(file);
        if (source.Rows != task.Data.File.RecordCount)
            throw new EngineException(ErrorKind.Corrupt,
                $"{task.Data.File.FilePath} has {source.Rows} rows, its manifest says {task.Data.File.RecordCount}");
        (rowGroup, rowsBefore) = (0, 0);
        files.From(task, isOpen: concat is not null);
        target ??= files.Create(task.Data.File.Partition);
        concat ??= new ParquetConcat(new ObjectSink(target), context.Buffers);
        parts.Add(described[task.Data.File.FilePath]);
        replaced.Add(source.Metadata.Where(e => e.Key != DataFileOutput.SchemaKey).ToDictionary(StringComparer.Ordinal));
        if (source.Metadata.GetValueOrDefault(DataFileOutput.SchemaKey) is { } schema) concat.SetMetadata(DataFileOutput.SchemaKey, schema);
    }

    private RowGroupSource? Beside(ManifestEntry entry, RowGroupSource source) =>
        table.FormatVersion >= 3 && RowLineageColumns.AreIn(source) == false
            ? RowLineageColumns.Of(source.RowsOf(rowGroup), entry.File.FirstRowId!.Value + rowsBefore, entry.SequenceNumber ?? 0, codec,
                context.Buffers)
            : null;

    private void Close()
    {
        if (concat is null) return;
        foreach (var (key, value) in context.Use.FileMetadataOf(replaced)) concat.SetMetadata(key, value);
        var starts = concat.Finish();
        target!.Complete();
        files.Add(ConcatenatedFile.Of(table, parts, target.Location, concat.Bytes, starts));
        concat.Dispose();
        target.Dispose();
        (concat, target) = (null, null);
        parts.Clear();
        replaced.Clear();
    }
}
