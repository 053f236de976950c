using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The records that manifest lists and manifests are made of, in Iceberg Java's field order (table spec, "Manifests", "Manifest Lists").</summary>
internal static class ManifestSchemas
{
    /// <summary>A manifest list's record.</summary>
    public static StructType ManifestList(int formatVersion)
    {
        var summary = new StructType(
        [
            Need(509, "contains_null", PrimitiveType.Boolean, "True if any file has a null partition value"),
            May(518, "contains_nan", PrimitiveType.Boolean, "True if any file has a nan partition value"),
            May(510, "lower_bound", PrimitiveType.Binary, "Partition lower bound for all files"),
            May(511, "upper_bound", PrimitiveType.Binary, "Partition upper bound for all files"),
        ]);
        var fields = new List<Field>();
        fields.AddRange(
        [
            Need(500, "manifest_path", PrimitiveType.String, "Location URI with FS scheme"),
            Need(501, "manifest_length", PrimitiveType.Long, "Total file size in bytes"),
            Need(502, "partition_spec_id", PrimitiveType.Int, "Spec ID used to write"),
            Need(517, "content", PrimitiveType.Int, "Contents of the manifest: 0=data, 1=deletes"),
            Need(515, "sequence_number", PrimitiveType.Long, "Sequence number when the manifest was added"),
            Need(516, "min_sequence_number", PrimitiveType.Long, "Lowest sequence number in the manifest"),
            Need(503, "added_snapshot_id", PrimitiveType.Long, "Snapshot ID that added the manifest"),
            Need(504, "added_files_count", PrimitiveType.Int, "Added entry count"),
            Need(505, "existing_files_count", PrimitiveType.Int, "Existing entry count"),
            Need(506, "deleted_files_count", PrimitiveType.Int, "Deleted entry count"),
            Need(512, "added_rows_count", PrimitiveType.Long, "Added rows count"),
            Need(513, "existing_rows_count", PrimitiveType.Long, "Existing rows count"),
            Need(514, "deleted_rows_count", PrimitiveType.Long, "Deleted rows count"),
            May(507, "partitions", new ListType(new Field(508, "element", summary, Required: true)), "Summary for each partition"),
            May(519, "key_metadata", PrimitiveType.Binary, "Encryption key metadata blob"),
        ]);
        if (formatVersion >= 3) fields.Add(May(520, "first_row_id", PrimitiveType.Long, "Starting row ID to assign to new rows in ADDED data files"));
        return new StructType([.. fields]);
    }

    /// <summary>A manifest's record for files of a spec whose tuple is <paramref name="partition"/>.</summary>
    public static StructType Entry(int formatVersion, StructType partition) => new(
    [
        Need(0, "status", PrimitiveType.Int),
        May(1, "snapshot_id", PrimitiveType.Long),
        May(3, "sequence_number", PrimitiveType.Long),
        May(4, "file_sequence_number", PrimitiveType.Long),
        Need(2, "data_file", DataFile(formatVersion, partition)),
    ]);

    /// <summary>The tuple's struct: every field optional, its type what the transform gives.</summary>
    public static StructType Partition(PartitionSpec spec, ImmutableArray<DataType?> types) =>
        new([.. spec.Fields.Select((f, at) => new Field(f.FieldId, f.Name, types[at] ?? PrimitiveType.String, Required: false))]);

    private static StructType DataFile(int formatVersion, StructType partition)
    {
        var fields = new List<Field>();
        fields.AddRange(
        [
            Need(134, "content", PrimitiveType.Int, "Contents of the file: 0=data, 1=position deletes, 2=equality deletes"),
            Need(100, "file_path", PrimitiveType.String, "Location URI with FS scheme"),
            Need(101, "file_format", PrimitiveType.String, "File format name: avro, orc, or parquet"),
            Need(102, "partition", partition, "Partition data tuple, schema based on the partition spec"),
            Need(103, "record_count", PrimitiveType.Long, "Number of records in the file"),
            Need(104, "file_size_in_bytes", PrimitiveType.Long, "Total file size in bytes"),
            May(108, "column_sizes", ById(117, 118, PrimitiveType.Long), "Map of column id to total size on disk"),
            May(109, "value_counts", ById(119, 120, PrimitiveType.Long), "Map of column id to total count, including null and NaN"),
            May(110, "null_value_counts", ById(121, 122, PrimitiveType.Long), "Map of column id to null value count"),
            May(137, "nan_value_counts", ById(138, 139, PrimitiveType.Long), "Map of column id to number of NaN values in the column"),
            May(125, "lower_bounds", ById(126, 127, PrimitiveType.Binary), "Map of column id to lower bound"),
            May(128, "upper_bounds", ById(129, 130, PrimitiveType.Binary), "Map of column id to upper bound"),
            May(131, "key_metadata", PrimitiveType.Binary, "Encryption key metadata blob"),
            May(132, "split_offsets", ListType.Of(133, PrimitiveType.Long, required: true), "Splittable offsets"),
            May(135, "equality_ids", ListType.Of(136, PrimitiveType.Int, required: true), "Equality comparison field IDs"),
            May(140, "sort_order_id", PrimitiveType.Int, "Sort order ID"),
        ]);
        if (formatVersion >= 3) fields.Add(May(142, "first_row_id", PrimitiveType.Long, "The first row ID assigned to the first row in the data file"));
        fields.Add(May(143, "referenced_data_file", PrimitiveType.String, "Fully qualified location (URI with FS scheme) of a data file that all deletes reference"));
        if (formatVersion >= 3)
        {
            fields.Add(May(144, "content_offset", PrimitiveType.Long, "The offset in the file where the content starts"));
            fields.Add(May(145, "content_size_in_bytes", PrimitiveType.Long, "The length of referenced content stored in the file"));
        }
        return new StructType([.. fields]);
    }

    private static MapType ById(int keyId, int valueId, DataType value) => MapType.Of(keyId, PrimitiveType.Int, valueId, value, valueRequired: true);

    private static Field Need(int id, string name, DataType type, string? doc = null) => new(id, name, type, Required: true) { Doc = doc };

    private static Field May(int id, string name, DataType type, string? doc = null) => new(id, name, type, Required: false) { Doc = doc };
}
