using Apache.Arrow.Types;
using K2I.Base;
using K2I.Columns;
using ArrowField = Apache.Arrow.Field;
using ArrowSchema = Apache.Arrow.Schema;
using Field = K2I.Columns.Field;
using Schema = K2I.Columns.Schema;

namespace K2I.Arrow;

/// <summary>
/// What the types of rows are called in Arrow. Names and what may be null are kept; field ids are not, as Arrow has no place for them.
/// </summary>
internal static class ArrowTypes
{
    private const string Utc = "UTC";

    /// <summary>Marks 16 bytes as a uuid; who does not know it sees the bytes. Source: Arrow's canonical extension types.</summary>
    private static readonly Dictionary<string, string> Uuid =
        new() { ["ARROW:extension:name"] = "arrow.uuid", ["ARROW:extension:metadata"] = "" };

    /// <summary>Marks the two parts of a variant; who does not know it sees a struct of them.</summary>
    private static readonly Dictionary<string, string> Variant =
        new() { ["ARROW:extension:name"] = "arrow.parquet.variant", ["ARROW:extension:metadata"] = "" };

    internal static ArrowSchema SchemaOf(Schema schema) => new(schema.Fields.Select(FieldOf), null);

    internal static IArrowType TypeOf(DataType type) => type switch
    {
        Columns.StructType s => new Apache.Arrow.Types.StructType([.. s.Fields.Select(FieldOf)]),
        VariantType => new Apache.Arrow.Types.StructType([.. VariantType.Parts.Select(FieldOf)]),
        Columns.ListType l => new Apache.Arrow.Types.ListType(FieldOf(l.Element)),
        Columns.MapType m => new Apache.Arrow.Types.MapType(FieldOf(m.Key), FieldOf(m.Value)),
        PrimitiveType p => TypeOf(p),
        _ => throw new EngineException(ErrorKind.Unsupported, $"type {type} has no name in Arrow"),
    };

    private static ArrowField FieldOf(Field field) =>
        new(field.Name, TypeOf(field.Type), nullable: !field.Required, MarkOf(field.Type.Kind));

    private static Dictionary<string, string>? MarkOf(TypeKind kind) => kind switch
    {
        TypeKind.Uuid => Uuid,
        TypeKind.Variant => Variant,
        _ => null,
    };

    private static IArrowType TypeOf(PrimitiveType type) => type.Kind switch
    {
        TypeKind.Boolean => BooleanType.Default,
        TypeKind.Int => Int32Type.Default,
        TypeKind.Long => Int64Type.Default,
        TypeKind.Float => FloatType.Default,
        TypeKind.Double => DoubleType.Default,
        TypeKind.Decimal => new Decimal128Type(type.Precision, type.Scale),
        TypeKind.Date => Date32Type.Default,
        TypeKind.Time => TimeType.Microsecond,
        TypeKind.Timestamp => new TimestampType(TimeUnit.Microsecond, (string?)null),
        TypeKind.TimestampTz => new TimestampType(TimeUnit.Microsecond, Utc),
        TypeKind.TimestampNs => new TimestampType(TimeUnit.Nanosecond, (string?)null),
        TypeKind.TimestampTzNs => new TimestampType(TimeUnit.Nanosecond, Utc),
        TypeKind.String => StringType.Default,
        TypeKind.Uuid => new FixedSizeBinaryType(16),
        TypeKind.Fixed => new FixedSizeBinaryType(type.Length),
        TypeKind.Binary => BinaryType.Default,
        _ => throw new EngineException(ErrorKind.Unsupported, $"type {type} has no name in Arrow"),
    };
}
