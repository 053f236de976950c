using System.Collections.Immutable;

using K2I.Avro;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Manifest entries as Avro records, both ways. Reading goes by the file's own schema.</summary>
internal static class ManifestEntryCodec
{
    public static object?[] ToAvro(ManifestEntry entry, ImmutableArray<DataType?> types, int formatVersion)
    {
        var file = entry.File;
        var partition = new object?[types.Length];
        for (var at = 0; at < types.Length; at++) partition[at] = AvroPartitionValues.ToAvro(types[at] ?? PrimitiveType.String, file.Partition[at]);
        List<object?> data =
        [
            (int)file.Content, file.FilePath, file.FileFormat.ToUpperInvariant(), partition, file.RecordCount, file.FileSizeBytes,
            Map(file.ColumnSizes), Map(file.ValueCounts), Map(file.NullValueCounts), Map(file.NanValueCounts), Map(file.LowerBounds), Map(file.UpperBounds),
            file.KeyMetadata,
            file.SplitOffsets.IsEmpty ? null : file.SplitOffsets.Select(o => (object?)o).ToList(),
            file.EqualityIds.IsEmpty ? null : file.EqualityIds.Select(i => (object?)i).ToList(),
            file.SortOrderId,
        ];
        if (formatVersion >= 3) data.Add(file.Content == FileContent.Data ? file.FirstRowId : null);
        data.Add(file.ReferencedDataFile);
        if (formatVersion >= 3)
        {
            data.Add(file.ContentOffset);
            data.Add(file.ContentSizeBytes);
        }
        return [(int)entry.Status, entry.SnapshotId?.Value, entry.SequenceNumber, entry.FileSequenceNumber, data.ToArray()];
    }

    /// <summary>Entries as they stand in the file, nothing inherited yet.</summary>
    public static IEnumerable<ManifestEntry> Read(
        AvroFileReader file, PartitionSpec spec, ImmutableArray<DataType?> types, string what, IReadOnlySet<int>? metricsOf = null)
    {
        var entryMap = new AvroRecordMap(file.Schema);
        var fileType = entryMap.TypeOf(2, "data_file") ?? throw Json.Bad(what, "its records have no data_file");
        var fileMap = new AvroRecordMap(fileType);
        var partitionMap = new AvroRecordMap(fileMap.TypeOf(102, "partition") ?? AvroType.Null);
        foreach (var value in file.ReadAll())
        {
            var record = value as object?[] ?? throw Json.Bad(what, "its records are not records");
            var status = entryMap.Int(record, 0, "status") ?? throw Json.Bad(what, "an entry without a status");
            if (status is < 0 or > 2) throw Json.Bad(what, $"an entry of status {status}");
            var data = entryMap.Get(record, 2, "data_file") as object?[] ?? throw Json.Bad(what, "an entry without a file");
            yield return new ManifestEntry(
                (EntryStatus)status,
                entryMap.SnapshotId(record, 1, "snapshot_id"),
                entryMap.Long(record, 3, "sequence_number"),
                entryMap.Long(record, 4, "file_sequence_number"),
                FileOf(data, fileMap, partitionMap, spec, types, what, metricsOf));
        }
    }

    private static DataFile FileOf(
        object?[] data, AvroRecordMap map, AvroRecordMap partitionMap, PartitionSpec spec, ImmutableArray<DataType?> types, string what,
        IReadOnlySet<int>? metricsOf)
    {
        var path = map.String(data, 100, "file_path") ?? throw Json.Bad(what, "a file without a path");
        var content = map.Int(data, 134, "content") ?? 0;
        if (content is < 0 or > 2) throw Json.Bad(what, $"{path}: file content {content} is not known");
        var partition = map.Get(data, 102, "partition") as object?[] ?? [];
        var values = ImmutableArray.CreateBuilder<byte[]?>(types.Length);
        for (var at = 0; at < types.Length; at++)
            values.Add(AvroPartitionValues.FromAvro(types[at], partition.Length == 0 ? null : partitionMap.Get(partition, spec.Fields[at].FieldId, spec.Fields[at].Name), what));
        return new DataFile
        {
            Content = (FileContent)content,
            FilePath = path,
            FileFormat = (map.String(data, 101, "file_format") ?? "PARQUET").ToUpperInvariant(),
            SpecId = spec.SpecId,
            Partition = values.Count == 0 ? PartitionTuple.Empty : new PartitionTuple(values.MoveToImmutable()),
            RecordCount = map.Long(data, 103, "record_count") ?? throw Json.Bad(what, $"{path}: no record count"),
            FileSizeBytes = map.Long(data, 104, "file_size_in_bytes") ?? throw Json.Bad(what, $"{path}: no file size"),
            ColumnSizes = Map<long>(map.Get(data, 108, "column_sizes"), metricsOf),
            ValueCounts = Map<long>(map.Get(data, 109, "value_counts"), metricsOf),
            NullValueCounts = Map<long>(map.Get(data, 110, "null_value_counts"), metricsOf),
            NanValueCounts = Map<long>(map.Get(data, 137, "nan_value_counts"), metricsOf),
            LowerBounds = Map<byte[]>(map.Get(data, 125, "lower_bounds"), metricsOf),
            UpperBounds = Map<byte[]>(map.Get(data, 128, "upper_bounds"), metricsOf),
            KeyMetadata = map.Bytes(data, 131, "key_metadata"),
            SplitOffsets = map.Get(data, 132, "split_offsets") is List<object?> splits ? [.. splits.OfType<long>()] : [],
            EqualityIds = map.Get(data, 135, "equality_ids") is List<object?> ids ? [.. ids.OfType<int>()] : [],
            SortOrderId = map.Int(data, 140, "sort_order_id"),
            FirstRowId = map.Long(data, 142, "first_row_id"),
            ReferencedDataFile = map.String(data, 143, "referenced_data_file"),
            ContentOffset = map.Long(data, 144, "content_offset"),
            ContentSizeBytes = map.Long(data, 145, "content_size_in_bytes"),
        };
    }

    private static List<object?>? Map<T>(IReadOnlyDictionary<int, T>? map) => map?.Select(p => (object?)new object?[] { p.Key, p.Value }).ToList();

    private static Dictionary<int, T>? Map<T>(object? value, IReadOnlySet<int>? of)
    {
        if (value is not List<object?> pairs || of is { Count: 0 }) return null;
        var map = new Dictionary<int, T>(of?.Count ?? pairs.Count);
        foreach (var pair in pairs)
            if (pair is object?[] { Length: 2 } kv && kv[0] is int key && kv[1] is T item && of?.Contains(key) != false) map[key] = item;
        return map;
    }
}
