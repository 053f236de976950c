using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>Partition specs and sort orders as metadata and manifests write them (table spec, appendix C).</summary>
public static class SpecJson
{
    public static PartitionSpec ReadSpec(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        return new PartitionSpec(Json.Int(json, "spec-id", what), ReadFields(Json.Need(json, "fields", what), what));
    }

    /// <summary>The fields alone, as version 1 metadata and manifests hold them. Version 1 may lack field ids: they count up from 1000.</summary>
    public static ImmutableArray<PartitionField> ReadFields(JsonElement array, string what)
    {
        if (array.ValueKind != JsonValueKind.Array) throw Json.Bad(what, "partition fields are not a list");
        var next = PartitionSpec.FirstFieldId;
        var fields = ImmutableArray.CreateBuilder<PartitionField>();
        foreach (var json in array.EnumerateArray())
        {
            Json.NeedObject(json, what);
            var id = Json.OptInt(json, "field-id", what) ?? next;
            next = Math.Max(next, id + 1);
            fields.Add(new PartitionField(SourceId(json, what), id, Json.String(json, "name", what), Transform.Parse(Json.String(json, "transform", what))));
        }
        return fields.ToImmutable();
    }

    public static void Write(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("spec-id", spec.SpecId);
        json.WritePropertyName("fields");
        WriteFields(json, spec.Fields);
        json.WriteEndObject();
    }

    public static void WriteFields(Utf8JsonWriter json, ImmutableArray<PartitionField> fields)
    {
        json.WriteStartArray();
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("transform", field.Transform.ToString());
            json.WriteNumber("source-id", field.SourceId);
            json.WriteNumber("field-id", field.FieldId);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static SortOrder ReadOrder(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        return new SortOrder(Json.Int(json, "order-id", what), Json.Array(json, "fields", what, f => ReadSortField(f, what)));
    }

    public static void Write(Utf8JsonWriter json, SortOrder order)
    {
        json.WriteStartObject();
        json.WriteNumber("order-id", order.OrderId);
        Json.WriteArray(json, "fields", order.Fields, (j, field) =>
        {
            j.WriteStartObject();
            j.WriteString("transform", field.Transform.ToString());
            j.WriteNumber("source-id", field.SourceId);
            j.WriteString("direction", field.Descending ? "desc" : "asc");
            j.WriteString("null-order", field.NullsLast ? "nulls-last" : "nulls-first");
            j.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static SortField ReadSortField(JsonElement json, string what)
    {
        var direction = Json.String(json, "direction", what);
        var nulls = Json.String(json, "null-order", what);
        if (direction is not ("asc" or "desc") || nulls is not ("nulls-first" or "nulls-last")) throw Json.Bad(what, $"sort field with direction '{direction}', null order '{nulls}'");
        return new SortField(SourceId(json, what), Transform.Parse(Json.String(json, "transform", what)), direction == "desc", nulls == "nulls-last");
    }

    /// <summary>Version 3 may write <c>source-ids</c>; transforms of several sources are not standard yet.</summary>
    private static int SourceId(JsonElement json, string what)
    {
        if (Json.OptInt(json, "source-id", what) is { } id) return id;
        var ids = Json.Array(json, "source-ids", what, e => Json.AsInt(e, "source-ids", what));
        return ids.Length == 1 ? ids[0] : throw Json.Bad(what, $"a transform of {ids.Length} sources is not known");
    }
}
