using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using K2I.Iceberg;

namespace K2I.Catalogs.Nessie;

/// <summary>Bodies of requests, and the parts of answers. Shapes: Nessie's API, version 2.</summary>
internal static class NessieJson
{
    private const int NoSnapshot = -1;

    public static byte[] Keys(IEnumerable<ImmutableArray<string>> keys) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("requestedKeys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            WriteElements(json, key);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A commit: its message, a mark to know it by, its operations.</summary>
    public static byte[] Commit(string message, string mark, IEnumerable<Action<Utf8JsonWriter>> operations) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("commitMeta");
        json.WriteString("message", message);
        json.WriteStartArray("authors");
        json.WriteStringValue("k2i");
        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("application-type", "iceberg");
        json.WriteString(NessiePointers.Mark, mark);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("operations");
        foreach (var operation in operations)
        {
            json.WriteStartObject();
            operation(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static Action<Utf8JsonWriter> PutNamespace(ImmutableArray<string> levels) => json =>
    {
        WriteOperation(json, "PUT", levels);
        json.WriteStartObject("content");
        json.WriteString("type", "NAMESPACE");
        WriteElements(json, levels);
        json.WriteStartObject("properties");
        json.WriteEndObject();
        json.WriteEndObject();
    };

    /// <param name="table">What the name is to mean.</param>
    /// <param name="contentId">Of the table that the name means so far; null where it means none.</param>
    public static Action<Utf8JsonWriter> PutTable(Table table, string? contentId) => json =>
    {
        WriteOperation(json, "PUT", KeyOf(table.Ident));
        json.WriteStartObject("content");
        json.WriteString("type", NessieContent.Table);
        if (contentId is not null) json.WriteString("id", contentId);
        json.WriteString("metadataLocation", table.MetadataLocation);
        json.WriteNumber("snapshotId", table.Metadata.CurrentSnapshotId?.Value ?? NoSnapshot);
        json.WriteNumber("schemaId", table.Metadata.CurrentSchemaId);
        json.WriteNumber("specId", table.Metadata.DefaultSpecId);
        json.WriteNumber("sortOrderId", table.Metadata.DefaultSortOrderId);
        json.WriteEndObject();
    };

    /// <summary>The same content under another name.</summary>
    public static Action<Utf8JsonWriter> PutSame(ImmutableArray<string> key, JsonElement content) => json =>
    {
        WriteOperation(json, "PUT", key);
        json.WritePropertyName("content");
        content.WriteTo(json);
    };

    public static Action<Utf8JsonWriter> Delete(ImmutableArray<string> key) => json => WriteOperation(json, "DELETE", key);

    public static ImmutableArray<string> KeyOf(TableIdent ident) => [.. ident.Namespace, ident.Name];

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    public static bool Has(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out _);

    /// <summary>A list of an object; empty where it has none.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray() : [];

    /// <summary>The key below a name: <c>{"elements": […]}</c>.</summary>
    public static ImmutableArray<string> Key(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var key)
            ? [.. Items(key, "elements").Select(e => e.ToString())] : [];

    private static void WriteOperation(Utf8JsonWriter json, string type, ImmutableArray<string> key)
    {
        json.WriteString("type", type);
        json.WriteStartObject("key");
        WriteElements(json, key);
        json.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter json, ImmutableArray<string> key)
    {
        json.WriteStartArray("elements");
        foreach (var element in key) json.WriteStringValue(element);
        json.WriteEndArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
