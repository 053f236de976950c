using System.Text.Json;

using K2I.Avro;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Avro schemas as JSON, with Iceberg's extra properties. A named type is written out at its first use, by its name afterwards.</summary>
internal static class AvroSchemaJson
{
    public static string ToText(AvroType type) => Json.Text(json => Write(json, type, new HashSet<string>(StringComparer.Ordinal)));

    public static AvroType Parse(ReadOnlyMemory<byte> utf8, string what) =>
        AvroSchema.Parse(utf8, $"{what}, avro.schema", ErrorKind.Corrupt);

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
                json.WriteStringValue(AvroSchema.NameOf(type.Kind));
                return;
        }
        json.WriteStartObject();
        json.WriteString("type", AvroSchema.NameOf(type.Kind));
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
}
