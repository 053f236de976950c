using System.Text.Json;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Avro schemas as JSON, with Iceberg's extra properties. A named type is written out at its first use, by its name afterwards.</summary>
internal static class AvroSchemaJson
{
    public static string ToText(AvroType type) => Json.Text(json => Write(json, type, new HashSet<string>(StringComparer.Ordinal)));

    public static AvroType Parse(ReadOnlyMemory<byte> utf8, string what) =>
        Json.Parse(utf8, $"{what}, avro.schema", root => Read(root, new Dictionary<string, AvroType>(StringComparer.Ordinal), "", what));

    private static void Write(Utf8JsonWriter json, AvroType type, HashSet<string> defined)
    {
        if (type.Kind is AvroKind.Record or AvroKind.Fixed or AvroKind.Enum && !defined.Add(type.Name))
        {
            json.WriteStringValue(type.Name);
            return;
        }
        switch (type.Kind)
        {
            case AvroKind.Union:
                json.WriteStartArray();
                foreach (var branch in type.Branches) Write(json, branch, defined);
                json.WriteEndArray();
                return;
            case <= AvroKind.String when type.Logical is null:
                json.WriteStringValue(NameOf(type.Kind));
                return;
        }
        json.WriteStartObject();
        json.WriteString("type", NameOf(type.Kind));
        if (type.Name.Length > 0) json.WriteString("name", type.Name);
        switch (type.Kind)
        {
            case AvroKind.Record:
                Json.WriteArray(json, "fields", type.Fields, (j, field) => WriteField(j, field, defined));
                break;
            case AvroKind.Array or AvroKind.Map:
                json.WritePropertyName(type.Kind == AvroKind.Array ? "items" : "values");
                Write(json, type.Element!, defined);
                if (type.ElementId is { } id) json.WriteNumber("element-id", id);
                break;
            case AvroKind.Fixed:
                json.WriteNumber("size", type.Size);
                break;
            case AvroKind.Enum:
                Json.WriteArray(json, "symbols", type.Symbols, (j, s) => j.WriteStringValue(s));
                break;
        }
        if (type.Logical is not null) json.WriteString("logicalType", type.Logical);
        if (type.Logical == "decimal")
        {
            json.WriteNumber("precision", type.Precision);
            json.WriteNumber("scale", type.Scale);
        }
        if (type.AdjustToUtc is { } adjust) json.WriteBoolean("adjust-to-utc", adjust);
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, AvroField field, HashSet<string> defined)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WritePropertyName("type");
        Write(json, field.Type, defined);
        if (field.Doc is not null) json.WriteString("doc", field.Doc);
        if (field.DefaultsToNull) json.WriteNull("default");
        if (field.Id is { } id) json.WriteNumber("field-id", id);
        if (field.OriginalName is not null) json.WriteString("iceberg-field-name", field.OriginalName);
        json.WriteEndObject();
    }

    private static AvroType Read(JsonElement json, Dictionary<string, AvroType> named, string space, string what)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                var text = json.GetString()!;
                return Primitive(text) ?? Named(text, named, space) ?? throw Json.Bad(what, $"Avro type '{text}' is not defined");
            case JsonValueKind.Array:
                return new AvroType(AvroKind.Union) { Branches = [.. json.EnumerateArray().Select(b => Read(b, named, space, what))] };
            case JsonValueKind.Object:
                break;
            default:
                throw Json.Bad(what, "an Avro type is a name, a list or an object");
        }
        var type = Json.Need(json, "type", what);
        if (type.ValueKind != JsonValueKind.String) return Read(type, named, space, what);
        var logical = Json.OptString(json, "logicalType", what);
        switch (type.GetString())
        {
            case "array":
                return new AvroType(AvroKind.Array) { Element = Read(Json.Need(json, "items", what), named, space, what), Logical = logical, ElementId = Json.OptInt(json, "element-id", what) };
            case "map":
                return new AvroType(AvroKind.Map) { Element = Read(Json.Need(json, "values", what), named, space, what), Logical = logical };
            case "record" or "error":
                return ReadRecord(json, named, space, what);
            case "enum":
                var symbols = Json.Array(json, "symbols", what, s => Json.AsString(s, "symbols", what));
                return Define(json, named, ref space, what, name => new AvroType(AvroKind.Enum) { Name = name, Symbols = [.. symbols] });
            case "fixed":
                var size = Json.Int(json, "size", what);
                if (size < 0) throw Json.Bad(what, "an Avro fixed of negative size");
                return Define(json, named, ref space, what, name => new AvroType(AvroKind.Fixed)
                {
                    Name = name,
                    Size = size,
                    Logical = logical,
                    Precision = Json.OptInt(json, "precision", what) ?? 0,
                    Scale = Json.OptInt(json, "scale", what) ?? 0,
                });
            case var name:
                if (Primitive(name!) is not { } primitive) return Named(name!, named, space) ?? throw Json.Bad(what, $"Avro type '{name}' is not defined");
                return logical is null ? primitive : new AvroType(primitive.Kind)
                {
                    Logical = logical,
                    Precision = Json.OptInt(json, "precision", what) ?? 0,
                    Scale = Json.OptInt(json, "scale", what) ?? 0,
                    AdjustToUtc = Json.Has(json, "adjust-to-utc", out var adjust) ? adjust.ValueKind == JsonValueKind.True : null,
                };
        }
    }

    private static AvroType ReadRecord(JsonElement json, Dictionary<string, AvroType> named, string space, string what)
    {
        var record = Define(json, named, ref space, what, name => new AvroType(AvroKind.Record) { Name = name });
        record.Fields =
        [
            .. Json.Array(json, "fields", what, f => new AvroField(Json.String(f, "name", what), Read(Json.Need(f, "type", what), named, space, what))
            {
                Id = Json.OptInt(f, "field-id", what),
                Doc = Json.OptString(f, "doc", what),
                OriginalName = Json.OptString(f, "iceberg-field-name", what),
                DefaultsToNull = f.TryGetProperty("default", out var value) && value.ValueKind == JsonValueKind.Null,
            }),
        ];
        return record;
    }

    private static AvroType Define(JsonElement json, Dictionary<string, AvroType> named, ref string space, string what, Func<string, AvroType> make)
    {
        var name = Json.String(json, "name", what);
        space = Json.OptString(json, "namespace", what) ?? (name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : space);
        var full = name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";
        var type = make(name);
        if (!named.TryAdd(full, type)) throw Json.Bad(what, $"Avro type '{full}' is defined twice");
        return type;
    }

    private static AvroType? Named(string name, Dictionary<string, AvroType> named, string space) =>
        space.Length > 0 && named.TryGetValue($"{space}.{name}", out var inSpace) ? inSpace : named.GetValueOrDefault(name);

    private static AvroType? Primitive(string name) => name switch
    {
        "null" => AvroType.Null,
        "boolean" => AvroType.Boolean,
        "int" => AvroType.Int,
        "long" => AvroType.Long,
        "float" => AvroType.Float,
        "double" => AvroType.Double,
        "bytes" => AvroType.Bytes,
        "string" => AvroType.String,
        _ => null,
    };

    private static string NameOf(AvroKind kind) => kind switch
    {
        AvroKind.Null => "null",
        AvroKind.Boolean => "boolean",
        AvroKind.Int => "int",
        AvroKind.Long => "long",
        AvroKind.Float => "float",
        AvroKind.Double => "double",
        AvroKind.Bytes => "bytes",
        AvroKind.String => "string",
        AvroKind.Record => "record",
        AvroKind.Enum => "enum",
        AvroKind.Array => "array",
        AvroKind.Map => "map",
        AvroKind.Fixed => "fixed",
        _ => throw new EngineException(ErrorKind.Unsupported, $"an Avro {kind} has no name"),
    };
}
