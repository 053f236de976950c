using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>A reading of one snapshot of a table: <see cref="Plan"/> finds its files, <see cref="Read(ParquetBuffers)"/> gives its rows. Holds no files open; any thread, one reader each.</summary>
/// <remarks>
/// Files come in order of their data sequence number, then location; rows in file order. Errors: NotFound (snapshot, reference, column, file), Unsupported (a file format or
/// type this build cannot read), Corrupt. Source: table spec, "Scan Planning", "Column Projection", "Delete Formats".
/// </remarks>
public sealed class TableScan
{
    private readonly IObjectStore store;

    public TableScan(Table table, IObjectStore store, ScanRequest? request = null)
    {
        Table = table;
        this.store = store;
        Request = request ?? new ScanRequest();
        Snapshot = FindSnapshot();
        Full = FindSchema();
        Columns = SchemaSelection.ByPath(Full, Request.Columns);
        if (Request.Filter is { } filter) Filter = new BoundFilter(filter, Full, table.Metadata);
        var fields = Columns.Fields;
        if (Request.MetadataColumns) fields = fields.AddRange(MetadataColumns.File, MetadataColumns.Position, MetadataColumns.SpecId);
        if ((Request.MetadataColumns || Request.RowLineage) && table.Metadata.FormatVersion >= 3)
            fields = fields.AddRange(MetadataColumns.RowId, MetadataColumns.LastUpdated);
        Schema = new Schema(Full.SchemaId, new StructType(fields));
    }

    public Table Table { get; }

    /// <summary>Null for a table without any.</summary>
    public Snapshot? Snapshot { get; }

    /// <summary>Of the rows that are read.</summary>
    public Schema Schema { get; }

    internal ScanRequest Request { get; }

    /// <summary>The snapshot's schema, whole.</summary>
    public Schema Full { get; }

    /// <summary>The filter in terms of <see cref="Full"/>; null without one.</summary>
    public BoundCondition? Condition => Filter?.Condition;

    /// <summary>The wanted part of it.</summary>
    internal StructType Columns { get; }

    internal BoundFilter? Filter { get; }

    /// <summary>The live data files that can have wanted rows, each with its deletes.</summary>
    public ImmutableArray<ScanTask> Plan()
    {
        if (Snapshot is null) return [];
        var data = new List<ManifestEntry>();
        var deletes = new DeleteIndex(Table.Metadata);
        var reader = new ManifestReader(store);
        var manifests = reader.Manifests(Table.Metadata, Snapshot)
            .Where(m => m.MayHaveLiveFiles && (m.Content != ManifestContent.Data || Filter?.MayMatch(m) != false));
        foreach (var entry in reader.Entries(Table.Metadata, manifests, Request.MetricsOf))
        {
            if (!entry.IsLive) continue;
            if (entry.File.Content != FileContent.Data) deletes.Add(entry);
            else if (Filter?.MayMatch(entry.File) != false) data.Add(entry);
        }
        data.Sort((a, b) => (a.SequenceNumber ?? 0) != (b.SequenceNumber ?? 0)
            ? (a.SequenceNumber ?? 0).CompareTo(b.SequenceNumber ?? 0)
            : string.CompareOrdinal(a.File.FilePath, b.File.FilePath));
        return [.. data.Select(d => new ScanTask(d, deletes.For(d)))];
    }

    /// <summary>Reads everything.</summary>
    /// <param name="buffers">Shared with other scans; without it the reader has its own.</param>
    public ScanReader Read(ParquetBuffers? buffers = null) => Read(Plan(), buffers);

    /// <summary>Reads some of the planned files.</summary>
    public ScanReader Read(ImmutableArray<ScanTask> tasks, ParquetBuffers? buffers = null) => new(this, store, tasks, buffers);

    /// <summary>Rows of a planned file that are deleted by their place, not those deleted by their values; null for none.</summary>
    public RowPositions? DeletedPositions(ScanTask task, ParquetBuffers buffers) =>
        new DeleteReader(Table.Metadata, store, buffers).Positions(task);

    private Snapshot? FindSnapshot()
    {
        var metadata = Table.Metadata;
        if (Request.SnapshotId is { } id) return metadata.FindSnapshot(id) ?? throw new EngineException(ErrorKind.NotFound, $"table {Table.Ident} has no snapshot {id}");
        if (Request.Reference is { } name) return metadata.Head(name) ?? throw new EngineException(ErrorKind.NotFound, $"table {Table.Ident} has no branch or tag '{name}'");
        return metadata.CurrentSnapshot;
    }

    /// <summary>A snapshot asked for by id or tag is read as it was; a branch is read as the table is now.</summary>
    private Schema FindSchema()
    {
        var metadata = Table.Metadata;
        var past = Request.SnapshotId is not null || Request.Reference is { } name && metadata.Refs.TryGetValue(name, out var reference) && !reference.IsBranch;
        return (past && Snapshot?.SchemaId is { } id ? metadata.FindSchema(id) : null) ?? Request.Schema ?? metadata.CurrentSchema;
    }
}
