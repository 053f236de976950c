using System.Collections.Immutable;
using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A JSON Schema, of draft 4 to 2020-12, as columns; the table is in the module's README. What has no column type of its own (any value,
/// tuples, several types, what holds itself) becomes a string that keeps the JSON text. Connect's types in it (<c>title</c>,
/// <c>connect.type</c>) are known.
/// </summary>
internal sealed class JsonSchemaReader
{
    private const int MaxDepth = 60;

    /// <summary>Schemas that one place is put together of.</summary>
    private const int MaxParts = 1_000;

    private const string Unions = "anyOf oneOf";

    private readonly JsonElement root;
    private readonly Dictionary<string, JsonElement> documents = new(StringComparer.Ordinal);
    private readonly Stack<string> open = new();
    private readonly ImmutableDictionary<string, EpochUnit>.Builder units =
        ImmutableDictionary.CreateBuilder<string, EpochUnit>(StringComparer.Ordinal);
    private readonly ImmutableHashSet<string>.Builder unscaled = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private int count;

    private JsonSchemaReader(JsonElement root) => this.root = root;

    /// <summary>A type, and whether null is allowed.</summary>
    private readonly record struct Typed(DataType Type, bool Nullable);

    /// <summary>All that is said of one place: a schema, what it refers to, and its <c>allOf</c>; the first to say a word counts.</summary>
    private sealed class Parts
    {
        internal List<JsonElement> All { get; } = [];

        internal bool Nullable { get; set; }

        /// <summary>References that lead here.</summary>
        internal List<string> Ways { get; } = [];

        internal bool TryGet(string word, out JsonElement value)
        {
            foreach (var part in All)
                if (part.TryGetProperty(word, out value)) return true;
            value = default;
            return false;
        }

        internal string? Word(string name) => TryGet(name, out var word) && word.ValueKind == JsonValueKind.String
            ? word.GetString() : null;
    }

    internal static JsonColumns Read(JsonElement root, ImmutableArray<SchemaReference> references = default)
    {
        var reader = new JsonSchemaReader(root);
        foreach (var reference in references.IsDefault ? [] : references)
            reader.documents[reference.Name] = JsonDocument.Parse(reference.Text, new() { MaxDepth = SchemaFile.MaxDepth }).RootElement;
        return reader.Type(root, "$", "").Type is StructType type
            ? new(type.Fields, reader.units.ToImmutable(), reader.unscaled.ToImmutable())
            : throw SchemaFile.Invalid("$", "no table schema: an object with properties (JSON Schema) or fields (Iceberg) is expected");
    }

    /// <param name="schema">The schema.</param>
    /// <param name="path">Its place in the document.</param>
    /// <param name="column">The column's full name.</param>
    private Typed Type(JsonElement schema, string path, string column)
    {
        if (++count > ColumnNames.MaxColumns) throw SchemaFile.Invalid(path, "too many columns");
        var parts = new Parts();
        if (!Collect(schema, path, parts)) return new(PrimitiveType.String, true);
        if (open.Count > MaxDepth) throw SchemaFile.Invalid(path, "nested too deeply");
        foreach (var way in parts.Ways) open.Push(way);
        var typed = Type(parts, path, column);
        foreach (var _ in parts.Ways) open.Pop();
        return typed;
    }

    private Typed Type(Parts parts, string path, string column)
    {
        if (!parts.TryGet("properties", out _) && Choices(parts, path, out var nullable) is { Count: > 1 } choices)
        {
            var all = choices.ConvertAll(c => Type(c.Schema, c.Path, column));
            var isOne = all.TrueForAll(t => t.Type.Equals(all[0].Type));
            return new(isOne ? all[0].Type : PrimitiveType.String, nullable || parts.Nullable || all.Exists(t => t.Nullable));
        }
        var names = Names(parts, path);
        var isNull = names.Remove("null");
        if (names.Contains("integer") && names.Contains("number")) names.Remove("integer");
        DataType type = names.Count == 1 ? Named(names.First(), parts, path, column) : PrimitiveType.String;
        return new(type, parts.Nullable || isNull || names.Count == 0);
    }

    /// <summary>Puts together what is said of a place; false where it is any value at all, or holds itself.</summary>
    private bool Collect(JsonElement schema, string path, Parts parts)
    {
        if (schema.ValueKind == JsonValueKind.True) return false;
        if (schema.ValueKind != JsonValueKind.Object) throw SchemaFile.Invalid(path, "a schema is an object, or true");
        if (parts.All.Count == MaxParts) throw SchemaFile.Invalid(path, "put together of too many schemas");
        parts.All.Add(schema);
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var way = reference.GetString()!;
            if (open.Contains(way) || parts.Ways.Contains(way)) return false;
            parts.Ways.Add(way);
            if (!Collect(Target(way, path), way, parts)) return false;
        }
        if (schema.TryGetProperty("allOf", out var all))
        {
            var i = 0;
            foreach (var part in all.EnumerateArray())
                if (!Collect(part, $"{path}.allOf[{i++}]", parts)) return false;
        }
        foreach (var word in Unions.Split(' '))
        {
            if (!schema.TryGetProperty(word, out var choices)) continue;
            var others = Others(choices, word, path, out var nullable);
            if (others.Count != 1) continue;
            parts.Nullable |= nullable;
            if (!Collect(others[0].Schema, others[0].Path, parts)) return false;
        }
        return true;
    }

    /// <summary>The several alternatives beside null; none where there are not several.</summary>
    private static List<(JsonElement Schema, string Path)> Choices(Parts parts, string path, out bool nullable)
    {
        nullable = false;
        foreach (var name in Unions.Split(' '))
        {
            foreach (var part in parts.All)
                if (part.TryGetProperty(name, out var choices) && Others(choices, name, path, out nullable) is { Count: > 1 } others)
                    return others;
        }
        return [];
    }

    private static List<(JsonElement Schema, string Path)> Others(JsonElement choices, string word, string path, out bool nullable)
    {
        var others = choices.EnumerateArray().Select((c, i) => (Schema: c, Path: $"{path}.{word}[{i}]")).ToList();
        nullable = others.RemoveAll(c => c.Schema.ValueKind == JsonValueKind.Object && c.Schema.TryGetProperty("type", out var type)
            && type.ValueKind == JsonValueKind.String && type.ValueEquals("null")) > 0;
        return others;
    }

    private DataType Named(string name, Parts parts, string path, string column)
    {
        if (Connects(parts, column) is { } connects) return connects;
        return name switch
        {
            "boolean" => PrimitiveType.Boolean,
            "integer" => parts.Word("format") == "int32" || parts.Word("connect.type") is "int8" or "int16" or "int32" ? PrimitiveType.Int
                : IsBeyondLong(parts) ? PrimitiveType.Decimal(PrimitiveType.MaxPrecision, 0) : PrimitiveType.Long,
            "number" => parts.Word("format") == "float" || parts.Word("connect.type") is "float32"
                ? PrimitiveType.Float : PrimitiveType.Double,
            "string" => Text(parts),
            "array" => Array(parts, path, column),
            "object" => Object(parts, path, column),
            _ => throw SchemaFile.Invalid(path + ".type", $"unknown type {name}"),
        };
    }

    /// <summary>Connect's logical types, as its converter for JSON Schema names them.</summary>
    private PrimitiveType? Connects(Parts parts, string column)
    {
        switch (parts.Word("title"))
        {
            case "org.apache.kafka.connect.data.Date":
                return PrimitiveType.Date;
            case "org.apache.kafka.connect.data.Time":
                units[column] = EpochUnit.Milliseconds;
                return PrimitiveType.Time;
            case "org.apache.kafka.connect.data.Timestamp":
                units[column] = EpochUnit.Milliseconds;
                return PrimitiveType.TimestampTz;
            case "org.apache.kafka.connect.data.Decimal" when parts.TryGet("connect.parameters", out var parameters):
                if (!parameters.TryGetProperty("scale", out var text) || !int.TryParse(text.ToString(), out var scale)
                    || scale is < 0 or > PrimitiveType.MaxPrecision) return null;
                unscaled.Add(column);
                return PrimitiveType.Decimal(PrimitiveType.MaxPrecision, scale);
            default:
                return null;
        }
    }

    private static bool IsBeyondLong(Parts parts) =>
        (parts.TryGet("maximum", out var maximum) && maximum.ValueKind == JsonValueKind.Number && !maximum.TryGetInt64(out _)
            && maximum.GetDouble() > long.MaxValue)
        || (parts.TryGet("minimum", out var minimum) && minimum.ValueKind == JsonValueKind.Number && !minimum.TryGetInt64(out _)
            && minimum.GetDouble() < long.MinValue);

    /// <summary>Times stay text: RFC 3339 gives them a zone, which a time column has no place for.</summary>
    private static PrimitiveType Text(Parts parts)
    {
        if (parts.Word("contentEncoding") == "base64" || parts.Word("connect.type") == "bytes") return PrimitiveType.Binary;
        return parts.Word("format") switch
        {
            "date-time" => PrimitiveType.TimestampTz,
            "date" => PrimitiveType.Date,
            "uuid" => PrimitiveType.Uuid,
            _ => PrimitiveType.String,
        };
    }

    private DataType Array(Parts parts, string path, string column)
    {
        if (parts.TryGet("prefixItems", out _)) return PrimitiveType.String;
        if (!parts.TryGet("items", out var items) || items.ValueKind == JsonValueKind.False) return ListType.Of(0, PrimitiveType.String);
        if (items.ValueKind == JsonValueKind.Array) return PrimitiveType.String;
        var element = Type(items, path + ".items", WrittenColumns.Join(column, "element"));
        return ListType.Of(0, element.Type, required: !element.Nullable);
    }

    private DataType Object(Parts parts, string path, string column)
    {
        HashSet<string> required = new(StringComparer.Ordinal);
        foreach (var part in parts.All)
            if (part.TryGetProperty("required", out var list) && list.ValueKind == JsonValueKind.Array)
                foreach (var name in list.EnumerateArray()) required.Add(name.GetString()!);
        var fields = ImmutableArray.CreateBuilder<Field>();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var part in parts.All)
        {
            if (!part.TryGetProperty("properties", out var properties)) continue;
            foreach (var property in properties.EnumerateObject())
            {
                // False: there is never such a member.
                if (property.Value.ValueKind == JsonValueKind.False || !names.Add(property.Name)) continue;
                var typed = Type(property.Value, $"{path}.properties.{property.Name}", WrittenColumns.Join(column, property.Name));
                var isRequired = required.Contains(property.Name) && !typed.Nullable;
                fields.Add(new Field(0, property.Name, typed.Type, isRequired) { Doc = DocOf(property.Value) });
            }
        }
        if (fields.Count > 0) return new StructType(fields.ToImmutable());
        if (!parts.TryGet("additionalProperties", out var others) || others.ValueKind == JsonValueKind.False) return PrimitiveType.String;
        var value = Type(others, path + ".additionalProperties", WrittenColumns.Join(column, "value"));
        return MapType.Of(0, PrimitiveType.String, 0, value.Type, valueRequired: !value.Nullable);
    }

    private static string? DocOf(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("description", out var text)
            && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;

    /// <summary>
    /// What a reference leads to: a place in this document, an anchor in it, or another document by the name that it has in the registry.
    /// </summary>
    private JsonElement Target(string reference, string path)
    {
        var hash = reference.IndexOf('#');
        var (name, fragment) = hash < 0 ? (reference, "") : (reference[..hash], reference[(hash + 1)..]);
        var target = root;
        if (name.Length > 0 && !documents.TryGetValue(name, out target))
            throw SchemaFile.Invalid(path,
                $"$ref {reference}: only definitions in the same document (#/...) and the registry's references are followed");
        if (fragment.Length > 0 && fragment[0] != '/')
            return Anchored(target, fragment, 0) ?? throw SchemaFile.Invalid(path, $"$ref {reference} leads nowhere");
        foreach (var step in fragment.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var member = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal)
                .Replace("~0", "~", StringComparison.Ordinal);
            var isThere = target.ValueKind == JsonValueKind.Array && int.TryParse(member, out var index) && index >= 0
                && index < target.GetArrayLength();
            if (isThere) target = target[int.Parse(member, System.Globalization.CultureInfo.InvariantCulture)];
            else if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(member, out target))
                throw SchemaFile.Invalid(path, $"$ref {reference} leads nowhere");
        }
        return target;
    }

    /// <summary>The schema with this anchor: <c>$anchor</c>, or in older drafts an id of <c>#</c> and it.</summary>
    private static JsonElement? Anchored(JsonElement element, string anchor, int depth)
    {
        if (depth > MaxDepth) return null;
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select(e => Anchored(e, anchor, depth + 1)).FirstOrDefault(e => e is not null);
        if (element.ValueKind != JsonValueKind.Object) return null;
        foreach (var (word, text) in ((string, string)[])[("$anchor", anchor), ("$id", "#" + anchor), ("id", "#" + anchor)])
            if (element.TryGetProperty(word, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(text)) return element;
        return element.EnumerateObject().Select(m => Anchored(m.Value, anchor, depth + 1)).FirstOrDefault(e => e is not null);
    }

    /// <summary>What <c>type</c> says, or what the other words imply; none for any value.</summary>
    private static HashSet<string> Names(Parts parts, string path)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (parts.TryGet("type", out var type))
        {
            if (type.ValueKind == JsonValueKind.String) names.Add(type.GetString()!);
            else if (type.ValueKind == JsonValueKind.Array) names.UnionWith(type.EnumerateArray().Select(t => t.GetString()!));
            else throw SchemaFile.Invalid(path + ".type", "a type is a name or an array of names");
        }
        else if (parts.TryGet("properties", out _) || parts.TryGet("additionalProperties", out _))
        {
            names.Add("object");
        }
        else if (parts.TryGet("items", out _))
        {
            names.Add("array");
        }
        else if (parts.TryGet("enum", out var values))
        {
            names.UnionWith(values.EnumerateArray().Select(NameOf));
        }
        else if (parts.TryGet("const", out var value))
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
}
