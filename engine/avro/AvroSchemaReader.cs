using System.Text.Json;
using K2I.Base;

namespace K2I.Avro;

/// <summary>One schema being read, and the named types of it and of those that it refers to.</summary>
internal sealed class AvroSchemaReader(string what, ErrorKind kind)
{
    private readonly Dictionary<string, AvroType> named = new(StringComparer.Ordinal);

    internal EngineException Bad(string problem) => new(kind, $"{what}: {problem}");

    internal static AvroType? Bare(ReadOnlySpan<byte> text) => text.Length is > 0 and < 8 && text[0] is >= (byte)'a' and <= (byte)'z'
        ? Primitive(System.Text.Encoding.UTF8.GetString(text))
        : null;

    internal AvroType Type(JsonElement json, string space)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return Primitive(json.GetString()!) ?? Known(json.GetString()!, space);
            case JsonValueKind.Array:
                return Union(json, space);
            case JsonValueKind.Object:
                break;
            default:
                throw Bad("a type is a name, a list or an object");
        }
        if (!json.TryGetProperty("type", out var type)) throw Bad("a type's object lacks 'type'");
        if (type.ValueKind != JsonValueKind.String) return Type(type, space);
        var logical = Text(json, "logicalType");
        switch (type.GetString())
        {
            case "array":
                var items = Type(Need(json, "items"), space);
                return new(AvroKind.Array) { Element = items, Logical = logical, ElementId = Number(json, "element-id") };
            case "map":
                return new(AvroKind.Map) { Element = Type(Need(json, "values"), space), Logical = logical };
            case "record" or "error":
                return Record(json, space);
            case "enum":
                string[] symbols =
                    [.. Need(json, "symbols").EnumerateArray().Select(s => s.GetString() ?? throw Bad("an enum's symbol is no name"))];
                return Define(json, ref space, name => new(AvroKind.Enum) { Name = name, Symbols = symbols, Doc = Text(json, "doc") });
            case "fixed":
                var size = Number(json, "size") ?? throw Bad("a fixed lacks 'size'");
                if (size < 0) throw Bad("a fixed of negative size");
                return Define(json, ref space, name =>
                    Decimals(json, new(AvroKind.Fixed) { Name = name, Size = size, Doc = Text(json, "doc"), Logical = logical }));
            case var name:
                if (Primitive(name!) is not { } primitive) return Known(name!, space);
                if (logical is null) return primitive;
                bool? adjust = json.TryGetProperty("adjust-to-utc", out var utc) ? utc.ValueKind == JsonValueKind.True : null;
                return Decimals(json, new(primitive.Kind) { Logical = logical, AdjustToUtc = adjust });
        }
    }

    private AvroType Union(JsonElement json, string space)
    {
        var union = new AvroType(AvroKind.Union) { Branches = [.. json.EnumerateArray().Select(b => Type(b, space))] };
        foreach (var branch in union.Branches)
            if (branch.Kind == AvroKind.Union) throw Bad("a union in a union");
        var names = union.Branches.Select(b => b.ToString()).ToList();
        if (names.Distinct(StringComparer.Ordinal)
            .Count() < names.Count) throw Bad($"a union of [{string.Join(", ", names)}] has a type twice");
        return union;
    }

    private AvroType Record(JsonElement json, string space)
    {
        var record = Define(json, ref space, name => new(AvroKind.Record) { Name = name, Doc = Text(json, "doc") });
        List<AvroField> fields = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var field in Need(json, "fields").EnumerateArray())
        {
            var name = Text(field, "name") ?? throw Bad($"a field of {record.Name} has no name");
            if (!names.Add(name)) throw Bad($"{record.Name} has the field {name} twice");
            fields.Add(new(name, Type(Need(field, "type"), space))
            {
                Aliases = field.TryGetProperty("aliases", out var aliases) && aliases.ValueKind == JsonValueKind.Array
                    ? [.. aliases.EnumerateArray().Select(a => a.GetString()!).Where(a => a is not null)]
                    : [],
                Id = Number(field, "field-id"),
                Doc = Text(field, "doc"),
                OriginalName = Text(field, "iceberg-field-name"),
                Default = field.TryGetProperty("default", out var value) ? value.GetRawText() : null,
            });
        }
        record.Fields = [.. fields];
        return record;
    }

    /// <summary>A decimal whose precision and scale make no sense is no decimal (specification, "Decimal").</summary>
    private static AvroType Decimals(JsonElement json, AvroType type)
    {
        if (type.Logical != "decimal") return type;
        var (precision, scale) = (Number(json, "precision") ?? 0, Number(json, "scale") ?? 0);
        var isDecimal = type.Kind is AvroKind.Bytes or AvroKind.Fixed && precision > 0 && scale >= 0 && scale <= precision;
        return new(type.Kind)
        {
            Name = type.Name,
            Size = type.Size,
            Doc = type.Doc,
            Logical = isDecimal ? type.Logical : null,
            Precision = isDecimal ? precision : 0,
            Scale = isDecimal ? scale : 0,
        };
    }

    private AvroType Define(JsonElement json, ref string space, Func<string, AvroType> make)
    {
        var name = Text(json, "name") ?? throw Bad("a named type has no name");
        var full = name;
        if (name.LastIndexOf('.') is > 0 and var dot) space = name[..dot];
        else
        {
            space = Text(json, "namespace") ?? space;
            if (space.Length > 0) full = $"{space}.{name}";
        }
        var type = make(full);
        if (!named.TryAdd(full, type)) throw Bad($"type '{full}' is defined twice");
        return type;
    }

    private AvroType Known(string name, string space) =>
        space.Length > 0 && !name.Contains('.', StringComparison.Ordinal) && named.TryGetValue($"{space}.{name}", out var inSpace) ? inSpace
        : named.GetValueOrDefault(name) ?? throw Bad($"type '{name}' is not defined");

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

    private JsonElement Need(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : throw Bad($"'{name}' is missing");

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static int? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
            : null;
}
