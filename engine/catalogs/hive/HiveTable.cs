using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Catalogs.Hive;

/// <summary>
/// An Iceberg table as the metastore has it: an external table whose parameters point to the metadata. All else in it is a copy for
/// those who look at the metastore alone, made as Iceberg Java
/// makes it.
/// </summary>
/// <remarks>
/// <code>
/// Table             1 tableName  2 dbName  3 owner  4 createTime  5 lastAccessTime  6 retention  7 sd  8 partitionKeys  9 parameters 
/// 12 tableType
/// StorageDescriptor 1 cols  2 location  3 inputFormat  4 outputFormat  7 serdeInfo  10 parameters
/// SerDeInfo         2 serializationLib  3 parameters        FieldSchema  1 name  2 type  3 comment
/// </code>
/// </remarks>
internal static class HiveTable
{
    /// <summary>The parameter that is the pointer.</summary>
    public const string Pointer = "metadata_location";

    private const string Kind = "table_type", Iceberg = "ICEBERG", PreviousPointer = "previous_metadata_location",
        Handler = "storage_handler";

    /// <summary>Keeps the metastore from looking through the table's folder.</summary>
    public const string NoStatistics = "DO_NOT_UPDATE_STATS";

    /// <summary>What Iceberg calls <c>gc.enabled</c>.</summary>
    private const string Purge = "external.table.purge";

    private const string HiveEngine = "engine.hive.enabled", OwnerProperty = "hive.metastore.table.owner";

    /// <summary>Longer ones are left out: metastores have a limit.</summary>
    private const int MostChars = 32_672;

    public static ThriftStruct New(Table table, string owner, long unixMs)
    {
        var now = (int)(unixMs / 1000);
        var made = new ThriftStruct().Set(1, table.Ident.Name).Set(2, table.Ident.Namespace[0]).Set(3, owner)
            .Set(4, now).Set(5, now).Set(6, int.MaxValue)
            .Set(8, Array.Empty<ThriftStruct>()).Set(12, "EXTERNAL_TABLE");
        Update(made, null, table);
        return made;
    }

    /// <summary>Makes what the metastore has of the table what it is to have next. What others put there stays.</summary>
    public static void Update(ThriftStruct known, Table? before, Table next)
    {
        var parameters = known.Map(9);
        foreach (var gone in before?.Metadata.Properties.Keys ?? [])
            if (!next.Metadata.Properties.ContainsKey(gone)) parameters.Remove(NameOf(gone));
        foreach (var (key, value) in next.Metadata.Properties)
            if (key != OwnerProperty) Put(parameters, NameOf(key), value);
        Describe(parameters, next.Metadata);
        parameters["EXTERNAL"] = "TRUE";
        parameters[NoStatistics] = "true";
        parameters[Kind] = Iceberg;
        parameters[Pointer] = next.MetadataLocation;
        if (before is not null) parameters[PreviousPointer] = before.MetadataLocation;
        var forHive = next.Metadata.BoolProperty(HiveEngine, otherwise: false);
        if (forHive) parameters[Handler] = "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler";
        else parameters.Remove(Handler);
        known.Set(9, parameters).Set(7, Storage(known.Struct(7) ?? new ThriftStruct(), next.Metadata, forHive));
    }

    /// <summary>The pointer; Unsupported for what is no Iceberg table.</summary>
    public static string PointerOf(ThriftStruct table, string name) =>
        IsIceberg(table) && table.Map(9).GetValueOrDefault(Pointer) is { Length: > 0 } location
            ? location : throw new EngineException(ErrorKind.Unsupported, $"{name} is in the metastore, but is no Iceberg table");

    public static bool IsIceberg(ThriftStruct table) =>
        Iceberg.Equals(table.Map(9).GetValueOrDefault(Kind), StringComparison.OrdinalIgnoreCase);

    private static void Describe(Dictionary<string, string> parameters, TableMetadata table)
    {
        Put(parameters, "uuid", table.Uuid);
        Put(parameters, "snapshot-count", Text(table.Snapshots.Length));
        var snapshot = table.CurrentSnapshot;
        Put(parameters, "current-snapshot-id", snapshot is null ? null : Text(snapshot.SnapshotId.Value));
        Put(parameters, "current-snapshot-timestamp-ms", snapshot is null ? null : Text(snapshot.TimestampMs));
        Put(parameters, "current-snapshot-summary", snapshot is null ? null : Text(json =>
        {
            json.WriteStartObject();
            foreach (var (key, value) in snapshot.Summary)
                if (key != SummaryKeys.Operation) json.WriteString(key, value);
            json.WriteEndObject();
        }));
        Put(parameters, "current-schema", SchemaJson.ToText(table.CurrentSchema));
        Put(parameters, "default-partition-spec", table.DefaultSpec.IsUnpartitioned ? null
            : Text(json => SpecJson.Write(json, table.DefaultSpec)));
        Put(parameters, "default-sort-order",
            table.SortOrders.FirstOrDefault(o => o.OrderId == table.DefaultSortOrderId) is { Fields.Length: > 0 } order
                ? Text(json => SpecJson.Write(json, order)) : null);
        foreach (var (name, total) in (ReadOnlySpan<(string, string)>)
            [("numFiles", SummaryKeys.TotalDataFiles), ("numRows", SummaryKeys.TotalRecords), ("totalSize", SummaryKeys.TotalFilesSize)])
            if (snapshot?.Summary.GetValueOrDefault(total) is { } count) parameters[name] = count;
    }

    private static ThriftStruct Storage(ThriftStruct storage, TableMetadata table, bool forHive)
    {
        var serde = new ThriftStruct().Set(3, new Dictionary<string, string>());
        if (forHive) serde.Set(2, "org.apache.iceberg.mr.hive.HiveIcebergSerDe");
        else serde.Set(2, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe");
        return storage
            .Set(1, table.CurrentSchema.Fields.Select(f =>
                new ThriftStruct().Set(1, f.Name).Set(2, HiveTypes.NameOf(f.Type)).Set(3, f.Doc)))
            .Set(2, table.Location)
            .Set(3, forHive ? "org.apache.iceberg.mr.hive.HiveIcebergInputFormat" : "org.apache.hadoop.mapred.FileInputFormat")
            .Set(4, forHive ? "org.apache.iceberg.mr.hive.HiveIcebergOutputFormat" : "org.apache.hadoop.mapred.FileOutputFormat")
            .Set(7, serde)
            .Set(10, storage.Map(10));
    }

    private static string NameOf(string property) => property == TableProperties.GarbageCollection ? Purge : property;

    private static void Put(Dictionary<string, string> parameters, string name, string? value)
    {
        if (value is { Length: <= MostChars }) parameters[name] = value;
        else parameters.Remove(name);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
