using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Table metadata files: reads versions 1 to 3, writes 2 and 3. Fields this build does not know are kept. Source: table spec, "Table Metadata Fields".</summary>
public static class TableMetadataJson
{
    private const int MaxUnpackedBytes = 1 << 30;

    /// <summary>What a snapshot and its entry in the log come to, about.</summary>
    private const int SnapshotBytes = 1000;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "format-version", "table-uuid", "location", "last-sequence-number", "last-updated-ms", "last-column-id", "schema", "schemas", "current-schema-id",
        "partition-spec", "partition-specs", "default-spec-id", "last-partition-id", "sort-orders", "default-sort-order-id", "properties", "current-snapshot-id",
        "snapshots", "refs", "snapshot-log", "metadata-log", "statistics", "partition-statistics", "next-row-id", "encryption-keys",
    };

    /// <summary>Reads a metadata file's bytes, plain or gzip. <paramref name="what"/> names it in errors.</summary>
    public static TableMetadata Parse(ReadOnlyMemory<byte> bytes, string what)
    {
        if (bytes.Span.StartsWith([(byte)0x1F, (byte)0x8B])) bytes = Unpack.Gzip(bytes.Span, MaxUnpackedBytes, what);
        return Json.Parse(bytes, what, root => Read(root, what));
    }

    /// <summary>The metadata file's bytes: compact JSON, plain or gzip.</summary>
    public static byte[] ToBytes(TableMetadata metadata, bool zipped = false)
    {
        if (metadata.FormatVersion is < 2 or > TableMetadata.MaxFormatVersion)
            throw new EngineException(ErrorKind.Unsupported, $"{metadata.Location}: tables of format version {metadata.FormatVersion} are not written; upgrade the table to version 2 first");
        var plain = Json.Write(json => Write(json, metadata), 4096 + (metadata.Snapshots.Length * SnapshotBytes));
        return zipped ? Zip(plain) : plain;
    }

    internal static TableMetadata Read(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        var version = Json.Int(json, "format-version", what);
        if (version is < 1 or > TableMetadata.MaxFormatVersion)
            throw new EngineException(ErrorKind.Unsupported, $"{what}: format version {version} is not known to this build (1 to {TableMetadata.MaxFormatVersion} are)");

        var (schemas, currentSchema) = ReadSchemas(json, version, what);
        var (specs, defaultSpec) = ReadSpecs(json, version, what);
        var (orders, defaultOrder) = ReadOrders(json, version, what);
        var current = Json.SnapshotIdOf(Json.OptLong(json, "current-snapshot-id", what));
        var snapshots = Json.OptArray(json, "snapshots", what, s => SnapshotJson.Read(s, version, what));
        var metadata = new TableMetadata
        {
            FormatVersion = version,
            Uuid = version == 1 ? Json.OptString(json, "table-uuid", what) ?? "" : Json.String(json, "table-uuid", what),
            Location = Json.String(json, "location", what) is var location && location.Length > 1 ? location.TrimEnd('/') : location,
            LastSequenceNumber = version == 1 ? Json.OptLong(json, "last-sequence-number", what) ?? 0 : Json.Long(json, "last-sequence-number", what),
            LastUpdatedMs = Json.Long(json, "last-updated-ms", what),
            LastColumnId = Json.Int(json, "last-column-id", what),
            Schemas = schemas,
            CurrentSchemaId = currentSchema,
            Specs = specs,
            DefaultSpecId = defaultSpec,
            LastPartitionId = version == 1
                ? Json.OptInt(json, "last-partition-id", what) ?? specs.SelectMany(s => s.Fields).Select(f => f.FieldId).Append(PartitionSpec.FirstFieldId - 1).Max()
                : Json.Int(json, "last-partition-id", what),
            SortOrders = orders,
            DefaultSortOrderId = defaultOrder,
            Properties = Json.OptStrings(json, "properties", what),
            CurrentSnapshotId = current,
            Snapshots = snapshots,
            Refs = ReadRefs(json, current, what),
            SnapshotLog = Json.OptArray(json, "snapshot-log", what, e => new SnapshotLogEntry(Json.Long(e, "timestamp-ms", what), Json.SnapshotId(e, "snapshot-id", what))),
            MetadataLog = Json.OptArray(json, "metadata-log", what, e => new MetadataLogEntry(Json.Long(e, "timestamp-ms", what), Json.String(e, "metadata-file", what))),
            Statistics = Json.OptArray(json, "statistics", what, s => SnapshotJson.ReadStatistics(s, what)),
            PartitionStatistics = Json.OptArray(json, "partition-statistics", what, s => SnapshotJson.ReadStatistics(s, what)),
            NextRowId = version >= 3 ? Json.OptLong(json, "next-row-id", what) ?? 0 : 0,
            EncryptionKeys = Json.OptArray(json, "encryption-keys", what, k => new EncryptedKey(Json.String(k, "key-id", what), k.GetRawText())),
            Unknown = Json.Others(json, Known),
        };
        Validate(metadata, what);
        return metadata;
    }

    internal static void Write(Utf8JsonWriter json, TableMetadata table)
    {
        json.WriteStartObject();
        json.WriteNumber("format-version", table.FormatVersion);
        json.WriteString("table-uuid", table.Uuid);
        json.WriteString("location", table.Location);
        json.WriteNumber("last-sequence-number", table.LastSequenceNumber);
        json.WriteNumber("last-updated-ms", table.LastUpdatedMs);
        json.WriteNumber("last-column-id", table.LastColumnId);
        json.WriteNumber("current-schema-id", table.CurrentSchemaId);
        Json.WriteArray(json, "schemas", table.Schemas, SchemaJson.Write);
        json.WriteNumber("default-spec-id", table.DefaultSpecId);
        Json.WriteArray(json, "partition-specs", table.Specs, SpecJson.Write);
        json.WriteNumber("last-partition-id", table.LastPartitionId);
        json.WriteNumber("default-sort-order-id", table.DefaultSortOrderId);
        Json.WriteArray(json, "sort-orders", table.SortOrders, SpecJson.Write);
        Json.WriteStrings(json, "properties", table.Properties);
        if (table.CurrentSnapshotId is { } current) json.WriteNumber("current-snapshot-id", current.Value);
        else if (table.FormatVersion >= 3) json.WriteNull("current-snapshot-id");
        else json.WriteNumber("current-snapshot-id", Json.NoSnapshot);
        if (table.FormatVersion >= 3) json.WriteNumber("next-row-id", table.NextRowId);
        if (!table.EncryptionKeys.IsEmpty) Json.WriteArray(json, "encryption-keys", table.EncryptionKeys, (j, k) => j.WriteRawValue(k.Json));
        json.WriteStartObject("refs");
        foreach (var (name, reference) in table.Refs)
        {
            json.WriteStartObject(name);
            SnapshotJson.WriteRefFields(json, reference);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        Json.WriteArray(json, "snapshots", table.Snapshots, SnapshotJson.Write);
        Json.WriteArray(json, "statistics", table.Statistics, (j, s) => j.WriteRawValue(s.Json));
        Json.WriteArray(json, "partition-statistics", table.PartitionStatistics, (j, s) => j.WriteRawValue(s.Json));
        Json.WriteArray(json, "snapshot-log", table.SnapshotLog, (j, entry) =>
        {
            j.WriteStartObject();
            j.WriteNumber("timestamp-ms", entry.TimestampMs);
            j.WriteNumber("snapshot-id", entry.SnapshotId.Value);
            j.WriteEndObject();
        });
        Json.WriteArray(json, "metadata-log", table.MetadataLog, (j, entry) =>
        {
            j.WriteStartObject();
            j.WriteNumber("timestamp-ms", entry.TimestampMs);
            j.WriteString("metadata-file", entry.Location);
            j.WriteEndObject();
        });
        Json.WriteOthers(json, table.Unknown);
        json.WriteEndObject();
    }

    private static (ImmutableArray<Schema>, int) ReadSchemas(JsonElement json, int version, string what)
    {
        if (version > 1 || (Json.Has(json, "schemas", out _) && Json.Has(json, "current-schema-id", out _)))
            return (Json.Array(json, "schemas", what, s => SchemaJson.Read(s, what)), Json.Int(json, "current-schema-id", what));
        var only = SchemaJson.Read(Json.Need(json, "schema", what), what);
        return ([only], only.SchemaId);
    }

    private static (ImmutableArray<PartitionSpec>, int) ReadSpecs(JsonElement json, int version, string what)
    {
        if (version > 1) return (Json.Array(json, "partition-specs", what, s => SpecJson.ReadSpec(s, what)), Json.Int(json, "default-spec-id", what));
        if (Json.Has(json, "partition-specs", out _))
        {
            var specs = Json.Array(json, "partition-specs", what, s => SpecJson.ReadSpec(s, what));
            return (specs, Json.OptInt(json, "default-spec-id", what) ?? specs.Select(s => s.SpecId).DefaultIfEmpty(0).Max());
        }
        return ([new PartitionSpec(0, SpecJson.ReadFields(Json.Need(json, "partition-spec", what), what))], 0);
    }

    private static (ImmutableArray<SortOrder>, int) ReadOrders(JsonElement json, int version, string what)
    {
        if (version == 1 && !Json.Has(json, "sort-orders", out _)) return ([SortOrder.Unsorted], 0);
        return (Json.Array(json, "sort-orders", what, o => SpecJson.ReadOrder(o, what)), Json.Int(json, "default-sort-order-id", what));
    }

    private static ImmutableSortedDictionary<string, SnapshotRef> ReadRefs(JsonElement json, SnapshotId? current, string what)
    {
        var refs = ImmutableSortedDictionary.CreateBuilder<string, SnapshotRef>(StringComparer.Ordinal);
        if (Json.Has(json, "refs", out var map))
        {
            Json.NeedObject(map, $"{what}, 'refs'");
            foreach (var pair in map.EnumerateObject()) refs[pair.Name] = SnapshotJson.ReadRef(pair.Value, $"{what}, ref '{pair.Name}'");
        }
        if (current is { } id && !refs.ContainsKey(SnapshotRef.Main)) refs[SnapshotRef.Main] = new SnapshotRef(id, IsBranch: true);
        return refs.ToImmutable();
    }

    private static void Validate(TableMetadata table, string what)
    {
        if (table.FindSchema(table.CurrentSchemaId) is null) throw Json.Bad(what, $"the current schema {table.CurrentSchemaId} is not in 'schemas'");
        if (table.FindSpec(table.DefaultSpecId) is null) throw Json.Bad(what, $"the default spec {table.DefaultSpecId} is not in 'partition-specs'");
        if (table.SortOrders.All(o => o.OrderId != table.DefaultSortOrderId) && table.DefaultSortOrderId != 0)
            throw Json.Bad(what, $"the default sort order {table.DefaultSortOrderId} is not in 'sort-orders'");
        if (table.CurrentSnapshotId is { } current && table.FindSnapshot(current) is null) throw Json.Bad(what, $"the current snapshot {current} is not in 'snapshots'");
        if (table.Refs.TryGetValue(SnapshotRef.Main, out var main) && main.SnapshotId != table.CurrentSnapshotId)
            throw Json.Bad(what, $"branch main points at {main.SnapshotId}, the current snapshot is {table.CurrentSnapshotId}");
        if (table.Snapshots.Select(s => s.SnapshotId).Distinct().Count() != table.Snapshots.Length) throw Json.Bad(what, "a snapshot id is used twice");
        foreach (var snapshot in table.Snapshots)
            if (table.FormatVersion > 1 && snapshot.SequenceNumber > table.LastSequenceNumber)
                throw Json.Bad(what, $"snapshot {snapshot.SnapshotId} has sequence number {snapshot.SequenceNumber}, above the last one {table.LastSequenceNumber}");
    }

    private static byte[] Zip(byte[] plain)
    {
        using var target = new MemoryStream(plain.Length / 8);
        using (var zip = new GZipStream(target, CompressionLevel.Fastest)) zip.Write(plain);
        return target.ToArray();
    }
}
