using System.Globalization;
using System.Text;

using K2I.Avro;
using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Iceberg types as Avro schemas, named and annotated as Iceberg Java does (table spec, appendix A): readers of other engines depend on it.</summary>
internal static class AvroSchemas
{
    /// <summary>A record of the struct's fields. Records below are named <c>r</c> + field id, entries of maps <c>kK_vV</c>.</summary>
    public static AvroType Record(string name, StructType fields) =>
        Record(name, fields, new Dictionary<string, AvroType>(StringComparer.Ordinal));

    /// <summary>Bytes that hold any decimal of this precision (the smallest such number).</summary>
    public static int DecimalBytes(int precision)
    {
        var max = System.Numerics.BigInteger.Pow(10, precision) - 1;
        return max.GetByteCount();
    }

    /// <summary>A name that Avro accepts: letters, digits and <c>_</c>; other characters as <c>_x</c> and their hexadecimal code.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetter(c) || c == '_' || (char.IsAsciiDigit(c) && text.Length > 0)) text.Append(c);
            else if (char.IsAsciiDigit(c)) text.Append('_').Append(c);
            else text.Append("_x").Append(((int)c).ToString("X", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static AvroType Record(string name, StructType fields, Dictionary<string, AvroType> named)
    {
        var record = new AvroType(AvroKind.Record) { Name = name };
        record.Fields = [.. fields.Fields.Select(f => FieldOf(f, named))];
        return record;
    }

    private static AvroField FieldOf(Field field, Dictionary<string, AvroType> named)
    {
        var type = TypeOf(field.Type, field.Id, named);
        var name = Sanitize(field.Name);
        return new AvroField(name, field.Required ? type : AvroType.OptionalOf(type))
        {
            Id = field.Id,
            Doc = field.Doc,
            Default = field.Required ? null : "null",
            OriginalName = name == field.Name ? null : field.Name,
        };
    }

    private static AvroType TypeOf(DataType type, int id, Dictionary<string, AvroType> named) => type switch
    {
        StructType s => Record(string.Create(CultureInfo.InvariantCulture, $"r{id}"), s, named),
        ListType l => new AvroType(AvroKind.Array) { Element = Optional(l.Element, named), ElementId = l.Element.Id },
        MapType m => new AvroType(AvroKind.Array)
        {
            Logical = "map",
            Element = new AvroType(AvroKind.Record)
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"k{m.Key.Id}_v{m.Value.Id}"),
                Fields = [FieldOf(m.Key, named), FieldOf(m.Value, named)],
            },
        },
        PrimitiveType p => PrimitiveOf(p, named),
        _ => throw new EngineException(ErrorKind.Unsupported, $"values of type {type} are not written to Avro"),
    };

    private static AvroType Optional(Field field, Dictionary<string, AvroType> named)
    {
        var type = TypeOf(field.Type, field.Id, named);
        return field.Required ? type : AvroType.OptionalOf(type);
    }

    private static AvroType PrimitiveOf(PrimitiveType type, Dictionary<string, AvroType> named) => type.Kind switch
    {
        TypeKind.Boolean => AvroType.Boolean,
        TypeKind.Int => AvroType.Int,
        TypeKind.Long => AvroType.Long,
        TypeKind.Float => AvroType.Float,
        TypeKind.Double => AvroType.Double,
        TypeKind.Date => new AvroType(AvroKind.Int) { Logical = "date" },
        TypeKind.Time => new AvroType(AvroKind.Long) { Logical = "time-micros" },
        TypeKind.Timestamp or TypeKind.TimestampTz => new AvroType(AvroKind.Long) { Logical = "timestamp-micros", AdjustToUtc = type.Kind == TypeKind.TimestampTz },
        TypeKind.TimestampNs or TypeKind.TimestampTzNs => new AvroType(AvroKind.Long) { Logical = "timestamp-nanos", AdjustToUtc = type.Kind == TypeKind.TimestampTzNs },
        TypeKind.String => AvroType.String,
        TypeKind.Binary => AvroType.Bytes,
        TypeKind.Uuid => named.Named("uuid_fixed", n => new AvroType(AvroKind.Fixed) { Name = n, Size = 16, Logical = "uuid" }),
        TypeKind.Fixed => named.Named(string.Create(CultureInfo.InvariantCulture, $"fixed_{type.Length}"), n => new AvroType(AvroKind.Fixed) { Name = n, Size = type.Length }),
        TypeKind.Decimal => named.Named(string.Create(CultureInfo.InvariantCulture, $"decimal_{type.Precision}_{type.Scale}"), n => new AvroType(AvroKind.Fixed)
        {
            Name = n,
            Size = DecimalBytes(type.Precision),
            Logical = "decimal",
            Precision = type.Precision,
            Scale = type.Scale,
        }),
        _ => throw new EngineException(ErrorKind.Unsupported, $"values of type {type} are not written to Avro"),
    };

    private static AvroType Named(this Dictionary<string, AvroType> named, string name, Func<string, AvroType> make)
    {
        if (!named.TryGetValue(name, out var type)) named[name] = type = make(name);
        return type;
    }
}
