using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>Reads the table property that gives ids to files written without them (table spec, "Name Mapping Serialization").</summary>
internal static class NameMappingJson
{
    internal const string Property = "schema.name-mapping.default";

    internal static ImmutableArray<NameMap> Parse(string text, string what) => Json.Parse<ImmutableArray<NameMap>>(Encoding.UTF8.GetBytes(text), what, root => Fields(root, what));

    private static ImmutableArray<NameMap> Fields(JsonElement list, string what) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(f => Field(f, what))] : throw Json.Bad(what, "a name mapping is not a list");

    private static NameMap Field(JsonElement field, string what)
    {
        Json.NeedObject(field, what);
        return new(
            Json.OptArray(field, "names", what, n => n.ValueKind == JsonValueKind.String ? n.GetString()! : throw Json.Bad(what, "a name is not a string")),
            Json.OptInt(field, "field-id", what) ?? 0,
            Json.Has(field, "fields", out var fields) ? Fields(fields, what) : []);
    }
}
