using System.Text.Json;
using System.Text.Json.Nodes;

namespace K2I.EndToEnd.Tests;

/// <summary>
/// A row as a reader is able to show it. ClickHouse has no null struct, list or map, and reads a time of day as whole seconds. PyIceberg shows a null list or
/// map as an empty one where structs are in it. The script that has DuckDB read files prints floats as the doubles they are.
/// </summary>
internal static class View
{
    public static JsonElement As(Reader reader, JsonElement row, JsonElement schema) =>
        reader is Reader.ClickHouse or Reader.PyIceberg or Reader.DuckDbFiles ? JsonSerializer.SerializeToElement(Value(reader, row, schema)) : row;

    private static JsonNode? Value(Reader reader, JsonElement value, JsonElement type)
    {
        var none = value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;
        if (type.ValueKind == JsonValueKind.String)
        {
            if (none) return null;
            if (type.GetString() == "float" && reader == Reader.DuckDbFiles && value.ValueKind == JsonValueKind.Number) return JsonValue.Create((double)value.GetSingle());
            return type.GetString() == "time" && reader == Reader.ClickHouse
                ? JsonValue.Create((long)TimeOnly.Parse(value.GetString()!).ToTimeSpan().TotalSeconds)
                : JsonNode.Parse(value.GetRawText());
        }

        if (none && (reader == Reader.DuckDbFiles || (reader == Reader.PyIceberg && !HoldsStructs(type)))) return null;
        switch (type.GetProperty("type").GetString())
        {
            case "struct":
                var result = new JsonObject();
                foreach (var field in type.GetProperty("fields").EnumerateArray())
                {
                    var name = field.GetProperty("name").GetString()!;
                    result[name] = Value(reader, none ? default : value.GetProperty(name), field.GetProperty("type"));
                }

                return result;
            case "list":
                return none ? new JsonArray() : new JsonArray([.. value.EnumerateArray().Select(v => Value(reader, v, type.GetProperty("element")))]);
            default:
                return none
                    ? new JsonArray()
                    : new JsonArray([.. value.EnumerateArray().Select(p => new JsonArray(Value(reader, p[0], type.GetProperty("key")), Value(reader, p[1], type.GetProperty("value"))))]);
        }
    }

    private static bool HoldsStructs(JsonElement type) => type.GetProperty("type").GetString() switch
    {
        "list" => IsStruct(type.GetProperty("element")),
        "map" => IsStruct(type.GetProperty("value")),
        _ => false,
    };

    private static bool IsStruct(JsonElement type) => type.ValueKind == JsonValueKind.Object && type.GetProperty("type").GetString() == "struct";
}
