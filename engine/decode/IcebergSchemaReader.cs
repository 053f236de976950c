using System.Collections.Immutable;
using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>An Iceberg schema in JSON (table spec, appendix C).</summary>
internal static class IcebergSchemaReader
{
    internal static Schema Read(JsonElement root)
    {
        HashSet<int> ids = [];
        var type = Struct(root, "$", ids);
        ImmutableArray<int> identifiers = [];
        if (root.TryGetProperty("identifier-field-ids", out var list))
        {
            identifiers = [.. list.EnumerateArray().Select(i => i.GetInt32())];
            foreach (var id in identifiers)
                if (!ids.Contains(id)) throw SchemaFile.Invalid("$.identifier-field-ids", $"no field has the id {id}");
        }
        var schemaId = root.TryGetProperty("schema-id", out var given) ? given.GetInt32() : 0;
        return new Schema(schemaId, type) { IdentifierFieldIds = identifiers };
    }

    private static StructType Struct(JsonElement element, string path, HashSet<int> ids)
    {
        if (!element.TryGetProperty("fields", out var list) || list.ValueKind != JsonValueKind.Array) throw SchemaFile.Invalid(path, "a struct has an array of fields");
        var fields = ImmutableArray.CreateBuilder<Field>();
        foreach (var item in list.EnumerateArray())
        {
            var at = $"{path}.fields[{fields.Count}]";
            var name = Member(item, "name", at).GetString() ?? throw SchemaFile.Invalid(at, "the name is null");
            var type = Type(Member(item, "type", at), at + ".type", ids);
            fields.Add(new Field(Id(item, "id", at, ids), name, type, Member(item, "required", at).GetBoolean())
            {
                Doc = item.TryGetProperty("doc", out var doc) ? doc.GetString() : null,
                InitialDefault = item.TryGetProperty("initial-default", out var initial) ? initial.GetRawText() : null,
                WriteDefault = item.TryGetProperty("write-default", out var write) ? write.GetRawText() : null,
            });
        }
        return fields.Count > 0 ? new StructType(fields.ToImmutable()) : throw SchemaFile.Invalid(path, "a struct has a field");
    }

    private static DataType Type(JsonElement element, string path, HashSet<int> ids)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var name = element.GetString()!;
            if (name == "variant") return VariantType.Instance;
            return PrimitiveType.TryParse(name, out var primitive) ? primitive : throw SchemaFile.Invalid(path, $"unknown type {name}");
        }
        switch (Member(element, "type", path).GetString())
        {
            case "struct":
                return Struct(element, path, ids);
            case "list":
                var item = Type(Member(element, "element", path), path + ".element", ids);
                return ListType.Of(Id(element, "element-id", path, ids), item, Member(element, "element-required", path).GetBoolean());
            case "map":
                var key = Type(Member(element, "key", path), path + ".key", ids);
                var value = Type(Member(element, "value", path), path + ".value", ids);
                return MapType.Of(Id(element, "key-id", path, ids), key, Id(element, "value-id", path, ids), value, Member(element, "value-required", path).GetBoolean());
            default:
                throw SchemaFile.Invalid(path, "a type is a name, or an object of type struct, list or map");
        }
    }

    private static int Id(JsonElement element, string name, string path, HashSet<int> ids)
    {
        var id = Member(element, name, path).GetInt32();
        if (id < 1) throw SchemaFile.Invalid(path, $"{name} {id}: field ids start at 1");
        return ids.Add(id) ? id : throw SchemaFile.Invalid(path, $"{name} {id} is taken by another field");
    }

    private static JsonElement Member(JsonElement element, string name, string path) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : throw SchemaFile.Invalid(path, $"{name} is missing");
}
