using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using K2I.Catalogs.Hive;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Catalogs.Glue;

/// <summary>A table as Glue describes it, so that Athena and others show its columns. As Iceberg Java writes it.</summary>
internal static class GlueTable
{
    public const string Pointer = "metadata_location";

    private const string Previous = "previous_metadata_location", Kind = "table_type", Iceberg = "ICEBERG";

    /// <summary>What may be given back of a table that was read: the rest is Glue's own to say.</summary>
    private static readonly string[] Kept =
        ["Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "PartitionKeys", "ViewOriginalText",
            "ViewExpandedText", "TargetTable"];

    /// <summary>The pointer of a table that Glue gave; null: it is no Iceberg table.</summary>
    public static string? PointerOf(JsonElement table) =>
        Parameter(table, Kind).Equals(Iceberg, StringComparison.OrdinalIgnoreCase) && Parameter(table, Pointer) is { Length: > 0 } location
            ? location : null;

    /// <summary>What a table is made or changed to.</summary>
    /// <param name="table">What it is to point to.</param>
    /// <param name="known">As Glue has it, whose other parameters stay; undefined for a new one.</param>
    public static JsonObject Input(Table table, JsonElement known = default)
    {
        var parameters = Copy(known, "Parameters");
        if (parameters.TryGetPropertyValue(Pointer, out var old)) parameters[Previous] = old!.GetValue<string>();
        parameters[Kind] = Iceberg;
        parameters[Pointer] = table.MetadataLocation;
        var storage = Copy(known, "StorageDescriptor");
        storage["Location"] = table.Metadata.Location;
        storage["Columns"] = ColumnsOf(table.Metadata);
        var input = new JsonObject { ["Name"] = table.Ident.Name, ["TableType"] = "EXTERNAL_TABLE" };
        if (known.ValueKind == JsonValueKind.Object)
            foreach (var name in Kept)
                if (known.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                    input[name] = JsonNode.Parse(value.GetRawText());
        input["Parameters"] = parameters;
        input["StorageDescriptor"] = storage;
        return input;
    }

    /// <summary>Those of the current schema, then those that earlier ones had besides, by name.</summary>
    private static JsonArray ColumnsOf(TableMetadata table)
    {
        var columns = new JsonArray();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var schema in table.Schemas.Where(s => s.SchemaId != table.CurrentSchemaId).Prepend(table.CurrentSchema))
            foreach (var field in schema.Fields)
                if (names.Add(field.Name)) columns.Add((JsonNode)Column(field, schema.SchemaId == table.CurrentSchemaId));
        return columns;
    }

    private static JsonObject Column(Field field, bool current) => new()
    {
        ["Name"] = field.Name,
        // Athena has no word for a zone.
        ["Type"] = HiveTypes.NameOf(field.Type).Replace("timestamp with local time zone", "timestamp", StringComparison.Ordinal),
        ["Parameters"] = new JsonObject
        {
            ["iceberg.field.id"] = field.Id.ToString(CultureInfo.InvariantCulture),
            ["iceberg.field.optional"] = field.Required ? "false" : "true",
            ["iceberg.field.current"] = current ? "true" : "false",
        },
    };

    private static string Parameter(JsonElement table, string name) =>
        table.TryGetProperty("Parameters", out var all) && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(name, out var value)
            ? value.GetString() ?? "" : "";

    private static JsonObject Copy(JsonElement known, string name) =>
        known.ValueKind == JsonValueKind.Object && known.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? JsonNode.Parse(value.GetRawText())!.AsObject() : [];
}
