using System.Collections.Immutable;
using System.Globalization;

using K2I.Avro;
using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Manifest lists: one snapshot's manifests. Writes versions 2 and 3, reads 1 to 3.</summary>
internal static class ManifestListFile
{
    /// <summary>The list's bytes, the manifests as they stand in it, and (version 3) the row id after the last one assigned.</summary>
    public readonly record struct Written(byte[] Bytes, ImmutableArray<ManifestFile> Manifests, long NextRowId);

    /// <summary>Writes a list. Manifests made for this snapshot get its sequence number, data manifests without row ids get theirs, in list order.</summary>
    public static Written Write(int formatVersion, SnapshotId snapshotId, SnapshotId? parentId, long sequenceNumber, long firstRowId, IEnumerable<ManifestFile> manifests)
    {
        var schema = ManifestSchemas.ManifestList(formatVersion);
        var invariant = CultureInfo.InvariantCulture;
        List<KeyValuePair<string, string>> metadata =
        [
            KeyValuePair.Create("snapshot-id", snapshotId.ToString()),
            KeyValuePair.Create("parent-snapshot-id", parentId?.ToString() ?? "null"),
            KeyValuePair.Create("sequence-number", sequenceNumber.ToString(invariant)),
            KeyValuePair.Create("format-version", formatVersion.ToString(invariant)),
            KeyValuePair.Create("iceberg.schema", SchemaJson.ToText(new Schema(0, schema))),
        ];
        if (formatVersion >= 3) metadata.Add(KeyValuePair.Create("first-row-id", firstRowId.ToString(invariant)));
        var file = new AvroFileWriter(AvroSchemas.Record("manifest_file", schema), metadata, deflate: true);
        var written = ImmutableArray.CreateBuilder<ManifestFile>();
        var nextRowId = firstRowId;
        foreach (var manifest in manifests)
        {
            var placed = manifest.SequenceNumber != ManifestFile.UnassignedSequence ? manifest : manifest with
            {
                SequenceNumber = sequenceNumber,
                MinSequenceNumber = manifest.MinSequenceNumber == ManifestFile.UnassignedSequence ? sequenceNumber : manifest.MinSequenceNumber,
            };
            if (formatVersion >= 3 && placed.Content == ManifestContent.Data && placed.FirstRowId is null)
            {
                placed = placed with { FirstRowId = nextRowId };
                nextRowId += (placed.AddedRows ?? 0) + (placed.ExistingRows ?? 0);
            }
            file.Append(ToAvro(placed, formatVersion));
            written.Add(placed);
        }
        return new Written(file.Finish(), written.ToImmutable(), nextRowId);
    }

    public static ImmutableArray<ManifestFile> Read(ReadOnlyMemory<byte> bytes, string what)
    {
        var file = new AvroFileReader(bytes, what);
        var map = new AvroRecordMap(file.Schema);
        var summaries = file.Schema.Fields.Length == 0 ? null : map.TypeOf(507, "partitions") is { } type ? new AvroRecordMap((type.Optional ?? type).Element ?? AvroType.Null) : null;
        return [.. file.ReadAll().Select(r => FromAvro(r as object?[] ?? throw Json.Bad(what, "its records are not records"), map, summaries, what))];
    }

    private static object?[] ToAvro(ManifestFile manifest, int formatVersion)
    {
        List<object?> record =
        [
            manifest.Path, manifest.Length, manifest.SpecId, (int)manifest.Content, manifest.SequenceNumber, manifest.MinSequenceNumber, manifest.AddedSnapshotId.Value,
            Known(manifest.AddedFiles), Known(manifest.ExistingFiles), Known(manifest.DeletedFiles),
            Known(manifest.AddedRows), Known(manifest.ExistingRows), Known(manifest.DeletedRows),
            manifest.Partitions.Select(p => (object?)new object?[] { p.ContainsNull, p.ContainsNan, p.LowerBound, p.UpperBound }).ToList(),
            manifest.KeyMetadata,
        ];
        if (formatVersion >= 3) record.Add(manifest.Content == ManifestContent.Data ? manifest.FirstRowId : null);
        return [.. record];

        T Known<T>(T? count) where T : struct => count ?? throw new EngineException(ErrorKind.Unsupported, $"{manifest.Path}: a manifest without counts cannot be carried into a new snapshot");
    }

    private static ManifestFile FromAvro(object?[] record, AvroRecordMap map, AvroRecordMap? summaries, string what)
    {
        var path = map.String(record, 500, "manifest_path") ?? throw Json.Bad(what, "a manifest without a path");
        var content = map.Int(record, 517, "content") ?? 0;
        if (content is not (0 or 1)) throw Json.Bad(what, $"{path}: manifest content {content} is not known");
        return new ManifestFile
        {
            Path = path,
            Length = map.Long(record, 501, "manifest_length") ?? throw Json.Bad(what, $"{path}: a manifest without a length"),
            SpecId = map.Int(record, 502, "partition_spec_id") ?? 0,
            Content = (ManifestContent)content,
            SequenceNumber = map.Long(record, 515, "sequence_number") ?? 0,
            MinSequenceNumber = map.Long(record, 516, "min_sequence_number") ?? 0,
            AddedSnapshotId = map.SnapshotId(record, 503, "added_snapshot_id") ?? throw Json.Bad(what, $"{path}: a manifest without a snapshot"),
            AddedFiles = map.Int(record, 504, "added_files_count"),
            ExistingFiles = map.Int(record, 505, "existing_files_count"),
            DeletedFiles = map.Int(record, 506, "deleted_files_count"),
            AddedRows = map.Long(record, 512, "added_rows_count"),
            ExistingRows = map.Long(record, 513, "existing_rows_count"),
            DeletedRows = map.Long(record, 514, "deleted_rows_count"),
            Partitions = summaries is not null && map.Get(record, 507, "partitions") is List<object?> list
                ? [.. list.Select(s => Summary((object?[])s!, summaries))]
                : [],
            KeyMetadata = map.Bytes(record, 519, "key_metadata"),
            FirstRowId = map.Long(record, 520, "first_row_id"),
        };
    }

    private static PartitionSummary Summary(object?[] record, AvroRecordMap map) => new(
        map.Get(record, 509, "contains_null") is true,
        map.Get(record, 518, "contains_nan") as bool?,
        map.Bytes(record, 510, "lower_bound"),
        map.Bytes(record, 511, "upper_bound"));
}
