using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A JSON Schema as columns; the table is in the module's README. What has no column type of its own (any value, tuples, several types) becomes a string
/// that keeps the JSON text.
/// </summary>
internal sealed class JsonSchemaReader(JsonElement root)
{
    private readonly Stack<string> open = new();

    /// <summary>A type, and whether null is allowed.</summary>
    private readonly record struct Typed(DataType Type, bool Nullable);

    internal Schema Read() =>
        Type(root, "$").Type is StructType type
            ? FieldIds.NewSchema(type.Fields)
            : throw SchemaFile.Invalid("$", "no table schema: an object with properties (JSON Schema) or fields (Iceberg) is expected");

    private Typed Type(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.True) return new(PrimitiveType.String, true);
        if (schema.ValueKind != JsonValueKind.Object) throw SchemaFile.Invalid(path, "a schema is an object, or true");
        if (schema.TryGetProperty("$ref", out var reference)) return Reference(reference.GetString()!, path);
        foreach (var word in (string[])["anyOf", "oneOf", "allOf"])
            if (schema.TryGetProperty(word, out var choices)) return Choice(schema, choices, word, path);
        if (open.Count > 60) throw SchemaFile.Invalid(path, "nested too deeply");
        open.Push(path);
        var names = Names(schema, path);
        var nullable = names.Remove("null");
        if (names.Contains("integer") && names.Contains("number")) names.Remove("integer");
        DataType type = names.Count == 1 ? Named(names.First(), schema, path) : PrimitiveType.String;
        open.Pop();
        return new(type, nullable || names.Count == 0);
    }

    private DataType Named(string name, JsonElement schema, string path) => name switch
    {
        "boolean" => PrimitiveType.Boolean,
        "integer" => Word(schema, "format") == "int32" ? PrimitiveType.Int : PrimitiveType.Long,
        "number" => Word(schema, "format") == "float" ? PrimitiveType.Float : PrimitiveType.Double,
        "string" => Text(schema),
        "array" => Array(schema, path),
        "object" => Object(schema, path),
        _ => throw SchemaFile.Invalid(path + ".type", $"unknown type {name}"),
    };

    /// <summary>Times stay text: RFC 3339 gives them a zone, which a time column has no place for.</summary>
    private static PrimitiveType Text(JsonElement schema)
    {
        if (Word(schema, "contentEncoding") == "base64") return PrimitiveType.Binary;
        return Word(schema, "format") switch
        {
            "date-time" => PrimitiveType.TimestampTz,
            "date" => PrimitiveType.Date,
            "uuid" => PrimitiveType.Uuid,
            _ => PrimitiveType.String,
        };
    }

    private DataType Array(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("prefixItems", out _)) return PrimitiveType.String;
        if (!schema.TryGetProperty("items", out var items)) return ListType.Of(0, PrimitiveType.String);
        if (items.ValueKind == JsonValueKind.Array) return PrimitiveType.String;
        var element = Type(items, path + ".items");
        return ListType.Of(0, element.Type, required: !element.Nullable);
    }

    private DataType Object(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("properties", out var properties) && properties.EnumerateObject().Any())
        {
            HashSet<string> required = new(StringComparer.Ordinal);
            if (schema.TryGetProperty("required", out var list))
                foreach (var name in list.EnumerateArray()) required.Add(name.GetString()!);
            List<Field> fields = [];
            foreach (var property in properties.EnumerateObject())
            {
                var typed = Type(property.Value, $"{path}.properties.{property.Name}");
                var doc = property.Value.ValueKind == JsonValueKind.Object ? Word(property.Value, "description") : null;
                fields.Add(new Field(0, property.Name, typed.Type, required.Contains(property.Name) && !typed.Nullable) { Doc = doc });
            }
            return new StructType([.. fields]);
        }
        if (!schema.TryGetProperty("additionalProperties", out var others) || others.ValueKind == JsonValueKind.False) return PrimitiveType.String;
        var value = Type(others, path + ".additionalProperties");
        return MapType.Of(0, PrimitiveType.String, 0, value.Type, valueRequired: !value.Nullable);
    }

    /// <summary>One alternative beside null is that one, nullable; all of several are one only where they are one. Others have no type in common.</summary>
    private Typed Choice(JsonElement schema, JsonElement choices, string word, string path)
    {
        if (schema.TryGetProperty("properties", out _)) throw SchemaFile.Invalid(path, $"{word} beside properties is not supported; write the properties in one place");
        var others = choices.EnumerateArray().Select((c, i) => (Schema: c, Path: $"{path}.{word}[{i}]")).ToList();
        var nullable = others.RemoveAll(c => c.Schema.ValueKind == JsonValueKind.Object && Word(c.Schema, "type") == "null") > 0;
        if (others.Count == 1)
        {
            var only = Type(others[0].Schema, others[0].Path);
            return only with { Nullable = only.Nullable || nullable };
        }
        if (word == "allOf") throw SchemaFile.Invalid(path, "allOf of several schemas is not supported; write them as one");
        var all = others.ConvertAll(c => Type(c.Schema, c.Path));
        nullable |= all.Count == 0 || all.Exists(t => t.Nullable);
        return new(all.Count > 0 && all.TrueForAll(t => t.Type.Equals(all[0].Type)) ? all[0].Type : PrimitiveType.String, nullable);
    }

    private Typed Reference(string reference, string path)
    {
        if (!reference.StartsWith('#')) throw SchemaFile.Invalid(path, $"$ref {reference}: only definitions in the same document (#/...) are followed");
        if (open.Contains(reference)) throw SchemaFile.Invalid(path, $"$ref {reference} refers to itself; a table's types cannot");
        var target = root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(name, out target)) throw SchemaFile.Invalid(path, $"$ref {reference} leads nowhere");
        }
        open.Push(reference);
        var typed = Type(target, reference);
        open.Pop();
        return typed;
    }

    /// <summary>What <c>type</c> says, or what the other words imply; none for any value.</summary>
    private static HashSet<string> Names(JsonElement schema, string path)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (schema.TryGetProperty("type", out var type))
        {
            if (type.ValueKind == JsonValueKind.String) names.Add(type.GetString()!);
            else if (type.ValueKind == JsonValueKind.Array) names.UnionWith(type.EnumerateArray().Select(t => t.GetString()!));
            else throw SchemaFile.Invalid(path + ".type", "a type is a name or an array of names");
        }
        else if (schema.TryGetProperty("properties", out _) || schema.TryGetProperty("additionalProperties", out _))
        {
            names.Add("object");
        }
        else if (schema.TryGetProperty("items", out _))
        {
            names.Add("array");
        }
        else if (schema.TryGetProperty("enum", out var values))
        {
            names.UnionWith(values.EnumerateArray().Select(NameOf));
        }
        else if (schema.TryGetProperty("const", out var value))
        {
            names.Add(NameOf(value));
        }
        return names;
    }

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "string",
    };

    private static string? Word(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.String ? word.GetString() : null;
}
