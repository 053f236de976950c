using System.Buffers.Binary;
using System.Collections.Immutable;

using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// Counts of files and rows by partition, of the live entries of one snapshot, written as a partition statistics file. One thread.
/// </summary>
/// <remarks>
/// One row for each spec and partition: <c>partition</c> (a struct of the fields of all specs), <c>spec_id</c>, counts, and when it was
/// last changed, as far as its snapshot has not expired. In the order of the
/// partitions' values. Rows that deletes take are not subtracted: <c>total_record_count</c> is null. Source: table spec, "Partition
/// statistics file".
/// </remarks>
public sealed class PartitionCounts
{
    private const int Partition = 0;
    private const long BatchBytes = 4 << 20;

    private readonly TableMetadata table;
    private readonly ImmutableArray<Field> fields;
    private readonly Dictionary<int, int[]> places = [];
    private readonly Dictionary<(int SpecId, PartitionTuple Partition), Row> rows = [];

    public PartitionCounts(TableMetadata table)
    {
        this.table = table;
        var byId = new SortedDictionary<int, Field>();
        foreach (var spec in table.Specs.OrderBy(s => s.SpecId))
        {
            var types = table.PartitionTypes(spec);
            for (var at = 0; at < types.Length; at++)
                if (types[at] is PrimitiveType type) byId[spec.Fields[at].FieldId] =
                    new Field(spec.Fields[at].FieldId, spec.Fields[at].Name, type, false);
        }
        // Specs may have given one name to several fields, one after another.
        fields = [.. byId.Values.Select(f =>
            byId.Values.Any(o => o.Id != f.Id && o.Name == f.Name) ? f with { Name = $"{f.Name}_{f.Id}" } : f)];
        foreach (var spec in table.Specs)
            places[spec.SpecId] = [.. fields.Select(f => IndexOf(spec, f.Id))];
    }

    /// <summary>The table has no partitions: there is nothing to count.</summary>
    public bool IsEmpty => fields.IsEmpty;

    public void Add(ManifestEntry entry)
    {
        var file = entry.File;
        var key = (file.SpecId, file.Partition);
        if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new Row());
        switch (file.Content)
        {
            case FileContent.Data:
                row.DataRecords += file.RecordCount;
                row.DataFiles++;
                row.DataBytes += file.FileSizeBytes;
                break;
            case FileContent.PositionDeletes:
                row.PositionDeletes += file.RecordCount;
                if (file.IsDeletionVector) row.Vectors++;
                else row.PositionDeleteFiles++;
                break;
            default:
                row.EqualityDeletes += file.RecordCount;
                row.EqualityDeleteFiles++;
                break;
        }
        if (entry.SnapshotId is not { } id || table.FindSnapshot(id) is not { } snapshot || snapshot.TimestampMs < row.UpdatedMs) return;
        (row.UpdatedMs, row.UpdatedBy) = (snapshot.TimestampMs, id);
    }

    /// <summary>Writes them as the partition statistics of a snapshot; what the table is to be told.</summary>
    public StatisticsFile Write(IObjectStore store, string location, SnapshotId snapshot, ParquetBuffers buffers)
    {
        var schema = SchemaOf();
        using var target = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(target), buffers);
        using var builder = BatchBuilder.ForScratch(schema, BatchBytes);
        var order = new PartitionOrder([.. fields.Select(f => f.Type)]);
        foreach (var (key, row) in rows.OrderBy(r => Unified(r.Key), order).ThenBy(r => r.Key.SpecId))
        {
            Append(builder, key.SpecId, Unified(key), row);
            if (!builder.IsFull) continue;
            parquet.Write(builder.View(), 0, builder.Rows);
            builder.Reset();
        }
        if (builder.Rows > 0) parquet.Write(builder.View(), 0, builder.Rows);
        _ = parquet.Finish();
        target.Complete();
        return SnapshotJson.PartitionStatisticsOf(snapshot, location, target.Length);
    }

    private Schema SchemaOf()
    {
        var counted = table.FormatVersion >= 3;
        ImmutableArray<Field> columns =
        [
            new Field(1, "partition", new StructType(fields), true),
            new Field(2, "spec_id", PrimitiveType.Int, true),
            new Field(3, "data_record_count", PrimitiveType.Long, true),
            new Field(4, "data_file_count", PrimitiveType.Int, true),
            new Field(5, "total_data_file_size_in_bytes", PrimitiveType.Long, true),
            new Field(6, "position_delete_record_count", PrimitiveType.Long, counted),
            new Field(7, "position_delete_file_count", PrimitiveType.Int, counted),
            new Field(8, "equality_delete_record_count", PrimitiveType.Long, counted),
            new Field(9, "equality_delete_file_count", PrimitiveType.Int, counted),
            new Field(10, "total_record_count", PrimitiveType.Long, false),
            new Field(11, "last_updated_at", PrimitiveType.Long, false),
            new Field(12, "last_updated_snapshot_id", PrimitiveType.Long, false),
        ];
        return new Schema(0, new StructType(counted ? columns.Add(new Field(13, "dv_count", PrimitiveType.Int, true)) : columns));
    }

    private void Append(BatchBuilder builder, int specId, PartitionTuple values, Row row)
    {
        for (var at = 0; at < fields.Length; at++) AppendValue(builder.Column(Partition).Child(at), fields[at].Type, values[at]);
        builder.Column(Partition).EndStruct();
        builder.Column(1).AppendInt(specId);
        builder.Column(2).AppendLong(row.DataRecords);
        builder.Column(3).AppendInt(row.DataFiles);
        builder.Column(4).AppendLong(row.DataBytes);
        builder.Column(5).AppendLong(row.PositionDeletes);
        builder.Column(6).AppendInt(row.PositionDeleteFiles);
        builder.Column(7).AppendLong(row.EqualityDeletes);
        builder.Column(8).AppendInt(row.EqualityDeleteFiles);
        builder.Column(9).AppendNull();
        if (row.UpdatedBy is { } id)
        {
            builder.Column(10).AppendLong(row.UpdatedMs);
            builder.Column(11).AppendLong(id.Value);
        }
        else
        {
            builder.Column(10).AppendNull();
            builder.Column(11).AppendNull();
        }
        if (builder.ColumnCount > 12) builder.Column(12).AppendInt(row.Vectors);
        _ = builder.EndRow();
    }

    private static void AppendValue(ColumnBuilder column, DataType type, byte[]? single)
    {
        if (single is null)
        {
            column.AppendNull();
            return;
        }
        var value = ColumnValue.FromSingle(type, single);
        if (column.Layout == ColumnLayout.Bits) column.AppendBool(value[0] != 0);
        else if (column.Layout == ColumnLayout.Bytes) column.AppendBytes(value);
        else if (type.Kind is TypeKind.Uuid or TypeKind.Fixed) column.AppendFixed(value);
        else if (type.Kind == TypeKind.Float) column.AppendFloat(BinaryPrimitives.ReadSingleLittleEndian(value));
        else if (type.Kind == TypeKind.Double) column.AppendDouble(BinaryPrimitives.ReadDoubleLittleEndian(value));
        else if (type.Kind == TypeKind.Decimal) column.AppendDecimal(BinaryPrimitives.ReadInt128LittleEndian(value));
        else if (column.Width == sizeof(int)) column.AppendInt(BinaryPrimitives.ReadInt32LittleEndian(value));
        else column.AppendLong(BinaryPrimitives.ReadInt64LittleEndian(value));
    }

    /// <summary>A partition's values in the struct of all specs; null where its own has no such field.</summary>
    private PartitionTuple Unified((int SpecId, PartitionTuple Partition) key)
    {
        var own = places[key.SpecId];
        return new PartitionTuple([.. own.Select(at => at < 0 ? null : key.Partition[at])]);
    }

    private static int IndexOf(PartitionSpec spec, int fieldId)
    {
        for (var at = 0; at < spec.Fields.Length; at++)
            if (spec.Fields[at].FieldId == fieldId) return at;
        return -1;
    }

    private sealed class Row
    {
        public long DataRecords { get; set; }

        public int DataFiles { get; set; }

        public long DataBytes { get; set; }

        public long PositionDeletes { get; set; }

        public int PositionDeleteFiles { get; set; }

        public int Vectors { get; set; }

        public long EqualityDeletes { get; set; }

        public int EqualityDeleteFiles { get; set; }

        public long UpdatedMs { get; set; }

        public SnapshotId? UpdatedBy { get; set; }
    }
}
