using System.Text.Json;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Schemas as metadata, manifests and the REST protocol write them (table spec, appendix C).</summary>
public static class SchemaJson
{
    /// <summary>Reads one schema from JSON text.</summary>
    public static Schema Parse(ReadOnlyMemory<byte> utf8, string what) => Json.Parse(utf8, what, root => Read(root, what));

    /// <summary>The schema as JSON text.</summary>
    public static string ToText(Schema schema) => Json.Text(json => Write(json, schema));

    internal static Schema Read(JsonElement json, string what)
    {
        if (ReadType(json, what) is not StructType fields) throw Json.Bad(what, "a schema must be a struct");
        var schema = new Schema(Json.OptInt(json, "schema-id", what) ?? 0, fields)
        {
            IdentifierFieldIds = Json.OptArray(json, "identifier-field-ids", what, e => Json.AsInt(e, "identifier-field-ids", what)),
        };
        Validate(schema, what);
        return schema;
    }

    internal static void Write(Utf8JsonWriter json, Schema schema)
    {
        json.WriteStartObject();
        json.WriteString("type", "struct");
        json.WriteNumber("schema-id", schema.SchemaId);
        if (!schema.IdentifierFieldIds.IsEmpty) Json.WriteArray(json, "identifier-field-ids", schema.IdentifierFieldIds, (j, id) => j.WriteNumberValue(id));
        Json.WriteArray(json, "fields", schema.Fields, WriteField);
        json.WriteEndObject();
    }

    internal static void WriteType(Utf8JsonWriter json, DataType type)
    {
        switch (type)
        {
            case StructType s:
                json.WriteStartObject();
                json.WriteString("type", "struct");
                Json.WriteArray(json, "fields", s.Fields, WriteField);
                json.WriteEndObject();
                break;
            case ListType l:
                json.WriteStartObject();
                json.WriteString("type", "list");
                json.WriteNumber("element-id", l.Element.Id);
                json.WritePropertyName("element");
                WriteType(json, l.Element.Type);
                json.WriteBoolean("element-required", l.Element.Required);
                json.WriteEndObject();
                break;
            case MapType m:
                json.WriteStartObject();
                json.WriteString("type", "map");
                json.WriteNumber("key-id", m.Key.Id);
                json.WritePropertyName("key");
                WriteType(json, m.Key.Type);
                json.WriteNumber("value-id", m.Value.Id);
                json.WritePropertyName("value");
                WriteType(json, m.Value.Type);
                json.WriteBoolean("value-required", m.Value.Required);
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(type.ToString());
                break;
        }
    }

    /// <summary>Ids positive and distinct at every depth, names distinct within a struct, identifier fields present.</summary>
    internal static void Validate(Schema schema, string what)
    {
        var ids = new HashSet<int>();
        Visit(schema.Struct);
        foreach (var id in schema.IdentifierFieldIds)
            if (!ids.Contains(id)) throw Json.Bad(what, $"identifier field {id} is not in the schema");

        void Visit(DataType type)
        {
            var names = type is StructType ? new HashSet<string>(StringComparer.Ordinal) : null;
            foreach (var field in Schema.ChildrenOf(type))
            {
                if (!ids.Add(field.Id)) throw Json.Bad(what, $"field id {field.Id} is used twice");
                if (names is not null && !names.Add(field.Name)) throw Json.Bad(what, $"two fields are named '{field.Name}'");
                Visit(field.Type);
            }
        }
    }

    private static DataType ReadType(JsonElement json, string what)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            var text = json.GetString()!;
            if (PrimitiveType.TryParse(text, out var primitive)) return primitive;
            if (text == "variant") return VariantType.Instance;
            if (OpaqueType.TryParse(text, out var opaque)) return opaque;
            throw new EngineException(ErrorKind.Unsupported, $"{what}: type '{text}' is not known to this build");
        }
        Json.NeedObject(json, what);
        return Json.String(json, "type", what) switch
        {
            "struct" => new StructType(Json.Array(json, "fields", what, f => ReadField(f, what))),
            "list" => ListType.Of(Json.Int(json, "element-id", what), ReadType(Json.Need(json, "element", what), what), Json.Bool(json, "element-required", what)),
            "map" => MapType.Of(
                Json.Int(json, "key-id", what), ReadType(Json.Need(json, "key", what), what),
                Json.Int(json, "value-id", what), ReadType(Json.Need(json, "value", what), what), Json.Bool(json, "value-required", what)),
            var other => throw Json.Bad(what, $"'{other}' is not a nested type"),
        };
    }

    private static Field ReadField(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        var name = Json.String(json, "name", what);
        return new Field(Json.Int(json, "id", $"{what}, field '{name}'"), name, ReadType(Json.Need(json, "type", $"{what}, field '{name}'"), what), Json.Bool(json, "required", what))
        {
            Doc = Json.OptString(json, "doc", what),
            InitialDefault = Json.Has(json, "initial-default", out var initial) ? initial.GetRawText() : null,
            WriteDefault = Json.Has(json, "write-default", out var write) ? write.GetRawText() : null,
        };
    }

    private static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteNumber("id", field.Id);
        json.WriteString("name", field.Name);
        json.WriteBoolean("required", field.Required);
        json.WritePropertyName("type");
        WriteType(json, field.Type);
        if (field.Doc is not null) json.WriteString("doc", field.Doc);
        WriteRaw(json, "initial-default", field.InitialDefault);
        WriteRaw(json, "write-default", field.WriteDefault);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null) return;
        json.WritePropertyName(name);
        json.WriteRawValue(text);
    }
}
