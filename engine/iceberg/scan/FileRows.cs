using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>One data file being read: its columns in the scan's schema, its deletes applied.</summary>
internal sealed class FileRows : IDisposable
{
    private readonly TableScan scan;
    private readonly ScanTask task;
    private readonly IRowFile reader;
    private readonly RowPositions? deleted;
    private readonly List<(RowKey Key, KeySet Keys)> equality = [];
    private readonly ImmutableArray<BoundCondition> filter;
    private readonly Dictionary<BoundPredicate, int[]> paths = [];
    private readonly int[] wantedAt;
    private readonly int columns;
    private Ordinal[] selected = [];

    internal FileRows(TableScan scan, IObjectStore store, ScanTask task, DeleteReader deletes, ParquetBuffers buffers)
    {
        this.scan = scan;
        this.task = task;
        deleted = deletes.Positions(task);
        var file = task.Data.File;
        var table = scan.Table.Metadata;
        var equality = task.Deletes.Where(d => d.File.Content == FileContent.EqualityDeletes).Select(d => d.File).ToList();
        if (equality.Find(f => f.EqualityIds.IsEmpty) is { } pointless) throw Json.Bad(pointless.FilePath, "an equality delete file without fields to match by");
        var wide = Widen(scan, [.. equality.SelectMany(f => f.EqualityIds), .. scan.Filter?.FieldIds ?? []]);
        foreach (var group in equality.GroupBy(f => string.Join(',', f.EqualityIds.Order())))
        {
            var key = new RowKey(wide, group.First().EqualityIds);
            foreach (var delete in group) this.equality.Add((key, deletes.Keys(delete, wide)));
        }
        filter = scan.Filter?.Condition.Factors ?? [];
        foreach (var predicate in scan.Filter?.Condition.Predicates ?? []) paths[predicate] = RowKey.PathOf(wide, predicate.Field.Id);
        wantedAt = [.. scan.Columns.Fields.Select(f => IndexOf(wide, f.Id))];
        var fields = wide.Fields;
        columns = fields.Length;
        var missing = DataFileValues.Missing(table, wide, file);
        var fills = new Dictionary<int, NullFill>();
        if (scan.Schema.Fields.Length > scan.Columns.Fields.Length)
        {
            fields = fields.AddRange(scan.Schema.Fields.Skip(scan.Columns.Fields.Length));
            MetadataColumns.AddValues(task.Data, missing, fills);
        }
        var request = new ReadRequest { Schema = new Schema(0, new StructType(fields)), Names = DeleteReader.Names(table), Missing = missing, NullFills = fills, Keep = scan.Filter is { } keep ? keep.MayMatch : null, Rows = scan.Filter is { } rows ? rows.Rows : null };
        reader = RowFiles.Open(store, file, request, buffers, scan.Request.BatchRows);
    }

    /// <summary>The file's own key-value metadata; none where its format has none.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => reader.Metadata;

    internal bool TryRead([NotNullWhen(true)] out ScanBatch? rows)
    {
        while (Next() is { } batch)
        {
            var live = Select(batch);
            if (live == 0) continue;
            ReadOnlyMemory<Ordinal>? selected = null;
            if (live < batch.Rows) selected = this.selected.AsMemory(0, live);
            rows = new ScanBatch(Shape(batch), selected, task.Data.File, reader.BatchStart);
            return true;
        }
        rows = null;
        return false;
    }

    public void Dispose() => reader.Dispose();

    private Batch? Next()
    {
        scan.Request.BetweenBatches?.Invoke();
        return reader.TryRead(out var batch) ? batch : null;
    }

    /// <summary>The wanted columns, and those that deletes and the filter look at.</summary>
    private static StructType Widen(TableScan scan, HashSet<int> keys)
    {
        var fields = scan.Columns.Fields;
        foreach (var id in keys)
        {
            if (Reaches(new StructType(fields), id)) continue;
            Field? holder = null;
            foreach (var schema in (IEnumerable<Schema>)[scan.Full, scan.Table.Metadata.CurrentSchema, .. scan.Table.Metadata.Schemas.Reverse()])
                if ((holder = schema.Fields.FirstOrDefault(f => f.Id == id || Reaches(f.Type, id))) is not null) break;
            if (holder is null) throw new EngineException(ErrorKind.Corrupt, $"table {scan.Table.Ident} has no field {id}");
            if (!scan.Full.Fields.Any(f => f.Id == holder.Id)) holder = holder with { Required = false };
            var known = IndexOf(new StructType(fields), holder.Id);
            fields = known < 0 ? fields.Add(holder) : fields.SetItem(known, holder);
        }
        return new StructType(fields);
    }

    private static bool Reaches(DataType type, int id) => type is StructType s && s.Fields.Any(f => f.Id == id || Reaches(f.Type, id));

    private static int IndexOf(StructType type, int id)
    {
        for (var i = 0; i < type.Fields.Length; i++)
            if (type.Fields[i].Id == id) return i;
        return -1;
    }

    /// <summary>Finds the rows that no delete concerns and that meet the filter. Returns how many; <see cref="selected"/> has them unless it is all.</summary>
    private int Select(Batch batch)
    {
        var live = batch.Rows;
        if (deleted is null && equality.Count == 0 && filter.IsEmpty) return live;
        if (selected.Length < batch.Rows) selected = new Ordinal[batch.Rows];
        if (deleted is not null) live = deleted.Others(reader.BatchStart, batch.Rows, selected);
        else for (var i = 0; i < live; i++) selected[i] = new(i);
        foreach (var (key, keys) in equality)
        {
            var kept = 0;
            for (var i = 0; i < live; i++)
                if (!keys.Contains(key.Of(batch, selected[i]))) selected[kept++] = selected[i];
            live = kept;
        }
        foreach (var condition in filter)
        {
            var kept = 0;
            for (var i = 0; i < live; i++)
                if (Meets(condition, batch, selected[i])) selected[kept++] = selected[i];
            live = kept;
        }
        return live;
    }

    private bool Meets(BoundCondition condition, Batch batch, Ordinal row)
    {
        if (condition.Predicate is { } predicate) return predicate.Matches(RowKey.Column(batch, paths[predicate], row), row.Value);
        foreach (var part in condition.Parts)
            if (Meets(part, batch, row) == condition.IsAny) return condition.IsAny;
        return !condition.IsAny;
    }

    private Batch Shape(Batch batch)
    {
        var columns = ImmutableArray.CreateBuilder<ColumnView>(scan.Schema.Fields.Length);
        for (var i = 0; i < wantedAt.Length; i++) columns.Add(ViewSelection.Narrow(batch.Columns[wantedAt[i]], scan.Columns.Fields[i]));
        for (var i = this.columns; i < batch.Columns.Length; i++) columns.Add(batch.Columns[i]);
        return new Batch(scan.Schema, batch.Rows, columns.ToImmutable());
    }
}
