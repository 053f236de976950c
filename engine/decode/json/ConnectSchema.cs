using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A schema as Kafka Connect's JSON converter writes it beside each payload, with Connect's logical types and Debezium's. Throws Invalid
/// for what is none. A control path.
/// </summary>
/// <remarks>
/// Source: Apache Kafka, <c>JsonSchema</c> and <c>JsonConverter</c> of connect-json; Debezium's documentation, "Temporal types".
/// </remarks>
internal sealed class ConnectSchema
{
    private const int MaxDepth = 60;

    private readonly ImmutableDictionary<string, EpochUnit>.Builder units =
        ImmutableDictionary.CreateBuilder<string, EpochUnit>(StringComparer.Ordinal);
    private readonly ImmutableHashSet<string>.Builder unscaled = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private int count;

    internal static JsonColumns Read(JsonElement root)
    {
        var schema = new ConnectSchema();
        return schema.Type(root, "", 0) is StructType type
            ? new(type.Fields, schema.units.ToImmutable(), schema.unscaled.ToImmutable())
            : throw Invalid("", "its payload is no struct");
    }

    private DataType Type(JsonElement schema, string path, int depth)
    {
        if (depth > MaxDepth) throw Invalid(path, "nested too deeply");
        if (++count > ColumnNames.MaxColumns) throw Invalid(path, "too many columns");
        if (schema.ValueKind != JsonValueKind.Object) throw Invalid(path, "a schema is an object");
        if (Named(Text(schema, "name"), schema, path) is { } named) return named;
        switch (Text(schema, "type"))
        {
            case "int8" or "int16" or "int32":
                return PrimitiveType.Int;
            case "int64":
                return PrimitiveType.Long;
            case "float":
                return PrimitiveType.Float;
            case "double":
                return PrimitiveType.Double;
            case "boolean":
                return PrimitiveType.Boolean;
            case "string":
                return PrimitiveType.String;
            case "bytes":
                return PrimitiveType.Binary;
            case "array":
                return new ListType(Part(schema, "items", "element", path, depth));
            case "map":
                // Maps whose keys are no strings are arrays of pairs: their JSON is kept.
                if (!schema.TryGetProperty("keys", out var keys) || Text(keys, "type") != "string" || IsOptional(keys))
                    return PrimitiveType.String;
                return new MapType(new Field(0, "key", PrimitiveType.String, true), Part(schema, "values", "value", path, depth));
            case "struct":
                return Struct(schema, path, depth);
            case var other:
                throw Invalid(path, $"unknown type {other}");
        }
    }

    private DataType Struct(JsonElement schema, string path, int depth)
    {
        if (!schema.TryGetProperty("fields", out var members) || members.GetArrayLength() == 0) return PrimitiveType.String;
        var fields = ImmutableArray.CreateBuilder<Field>();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var member in members.EnumerateArray())
        {
            if (Text(member, "field") is not { Length: > 0 } name || !names.Add(name))
                throw Invalid(path, "a field has no name, or that of another");
            var type = Type(member, WrittenColumns.Join(path, name), depth + 1);
            fields.Add(new(0, name, type, !IsOptional(member)) { Doc = Text(member, "doc") });
        }
        return new StructType(fields.ToImmutable());
    }

    private Field Part(JsonElement schema, string word, string name, string path, int depth) =>
        schema.TryGetProperty(word, out var part)
            ? new(0, name, Type(part, WrittenColumns.Join(path, name), depth + 1), !IsOptional(part))
            : throw Invalid(path, $"{word} are missing");

    /// <summary>The type that a logical name stands for; null for a name that is but a name.</summary>
    private PrimitiveType? Named(string? name, JsonElement schema, string path)
    {
        switch (name)
        {
            case "org.apache.kafka.connect.data.Decimal":
                var parameters = schema.TryGetProperty("parameters", out var given) ? given : default;
                var scale = Number(parameters, "scale") ?? 0;
                var precision = Number(parameters, "connect.decimal.precision") ?? PrimitiveType.MaxPrecision;
                if (scale < 0 || precision > PrimitiveType.MaxPrecision || scale > precision || precision < 1) return null;
                unscaled.Add(path);
                return PrimitiveType.Decimal(precision, scale);
            case "org.apache.kafka.connect.data.Date" or "io.debezium.time.Date":
                return PrimitiveType.Date;
            case "io.debezium.time.ZonedTimestamp":
                return PrimitiveType.TimestampTz;
            case "io.debezium.data.Uuid":
                return PrimitiveType.Uuid;
            case "org.apache.kafka.connect.data.Time" or "io.debezium.time.Time":
                return In(EpochUnit.Milliseconds, PrimitiveType.Time, path);
            case "io.debezium.time.MicroTime":
                return In(EpochUnit.Microseconds, PrimitiveType.Time, path);
            case "io.debezium.time.NanoTime":
                return In(EpochUnit.Nanoseconds, PrimitiveType.Time, path);
            case "org.apache.kafka.connect.data.Timestamp":
                return In(EpochUnit.Milliseconds, PrimitiveType.TimestampTz, path);
            case "io.debezium.time.Timestamp":
                return In(EpochUnit.Milliseconds, PrimitiveType.Timestamp, path);
            case "io.debezium.time.MicroTimestamp":
                return In(EpochUnit.Microseconds, PrimitiveType.Timestamp, path);
            case "io.debezium.time.NanoTimestamp":
                return In(EpochUnit.Nanoseconds, PrimitiveType.Timestamp, path);
            default:
                return null;
        }
    }

    private PrimitiveType In(EpochUnit unit, PrimitiveType type, string path)
    {
        units[path] = unit;
        return type;
    }

    private static bool IsOptional(JsonElement schema) =>
        schema.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement schema, string word) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(word, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() : null;

    private static int? Number(JsonElement parameters, string word) =>
        int.TryParse(Text(parameters, word), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private static EngineException Invalid(string path, string why) =>
        new(ErrorKind.Invalid, path.Length == 0 ? $"Connect's schema: {why}" : $"Connect's schema, {path}: {why}");
}
