using System.Text.Json;
using K2I.Iceberg;
using K2I.Query;

namespace K2I.Serve;

/// <summary>What a table is, as JSON.</summary>
internal static class TableJson
{
    /// <summary>The JSON schema of <see cref="Write"/>.</summary>
    public const string Schema = """
        {
          "type": "object",
          "required": ["name", "schema", "key", "snapshot_id", "offsets", "partial", "hot", "flushed"],
          "properties": {
            "name": { "type": "string" },
            "schema": { "type": ["object", "null"], "description": "As Iceberg writes a schema; null while there are no columns." },
            "key": { "type": "array", "items": { "type": "string" } },
            "snapshot_id": { "type": ["integer", "null"] },
            "offsets": { "type": "string" },
            "partial": { "type": "boolean" },
            "hot": {
              "type": "object",
              "required": ["rows", "bytes"],
              "properties": { "rows": { "type": "integer" }, "bytes": { "type": "integer" } }
            },
            "flushed": {
              "type": "object",
              "required": ["rows", "bytes"],
              "properties": { "rows": { "type": "integer" }, "bytes": { "type": "integer" } }
            }
          }
        }
        """;

    /// <summary>The JSON schema of <see cref="WriteNames"/>.</summary>
    public const string NamesSchema = """
        {
          "type": "object",
          "required": ["tables"],
          "properties": {
            "tables": {
              "type": "array",
              "items": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } }
            }
          }
        }
        """;

    public static void WriteNames(Utf8JsonWriter json, IReadOnlyList<string> tables)
    {
        json.WriteStartObject();
        json.WriteStartArray("tables");
        foreach (var table in tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TableInfo table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Table);
        json.WritePropertyName("schema");
        if (table.Schema is { } schema) json.WriteRawValue(SchemaJson.ToText(schema));
        else json.WriteNullValue();
        json.WriteStartArray("key");
        foreach (var column in table.Key) json.WriteStringValue(column);
        json.WriteEndArray();
        if (table.Snapshot is { } snapshot) json.WriteNumber("snapshot_id", snapshot.Value);
        else json.WriteNull("snapshot_id");
        json.WriteString("offsets", table.Offsets.ToString());
        json.WriteBoolean("partial", table.IsPartial);
        WriteMemory(json, "hot", table.HotRows, table.HotBytes);
        WriteMemory(json, "flushed", table.FlushedRows, table.FlushedBytes);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, string name, long rows, long bytes)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rows", rows);
        json.WriteNumber("bytes", bytes);
        json.WriteEndObject();
    }
}
