using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Which stored types can be read as which column types, and how: the same type, or one that Iceberg's schema evolution allows it to become.</summary>
internal static class Conversions
{
    /// <summary>For everything but strings, binary and decimals of variable length, which have no conversion.</summary>
    internal static ValueConversion Of(FileLeaf leaf, PrimitiveType wanted)
    {
        var type = leaf.Type;
        return (type.Kind, wanted.Kind) switch
        {
            (TypeKind.Decimal, TypeKind.Decimal) when wanted.Scale == type.Scale && wanted.Precision >= type.Precision => Decimal(leaf),
            (TypeKind.Int, TypeKind.Decimal) when wanted.Scale == 0 => ValueConversion.IntToDecimal,
            (TypeKind.Long, TypeKind.Decimal) when wanted.Scale == 0 && !leaf.Unsigned => ValueConversion.LongToDecimal,
            (TypeKind.Time, TypeKind.Time) => Micros(leaf),
            (TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs, TypeKind.Timestamp or TypeKind.TimestampTz) => Micros(leaf),
            (TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs, TypeKind.TimestampNs or TypeKind.TimestampTzNs) => Nanos(leaf),
            (TypeKind.Long, TypeKind.Long) when leaf.Unsigned => ValueConversion.UIntToLong,
            (TypeKind.Int, TypeKind.Long) => ValueConversion.IntToLong,
            (TypeKind.Float, TypeKind.Float) when leaf.Half => ValueConversion.HalfToFloat,
            (TypeKind.Float, TypeKind.Double) => leaf.Half ? ValueConversion.HalfToDouble : ValueConversion.FloatToDouble,
            (TypeKind.Date, TypeKind.Timestamp) => ValueConversion.DaysToMicros,
            (TypeKind.Date, TypeKind.TimestampNs) => ValueConversion.DaysToNanos,
            (TypeKind.Int, TypeKind.Date) => ValueConversion.None,
            (TypeKind.Fixed, TypeKind.Uuid) when leaf.Width == 16 => ValueConversion.None,
            (TypeKind.Uuid, TypeKind.Fixed) when wanted.Length == 16 => ValueConversion.None,
            (TypeKind.Fixed, TypeKind.Decimal) => ValueConversion.BytesToDecimal,
            _ when type.Equals(wanted) => ValueConversion.None,
            _ => throw Refuse(leaf, wanted),
        };
    }

    internal static EngineException Refuse(FileLeaf leaf, DataType wanted) => new(ErrorKind.Unsupported, $"column {leaf.Path}: values of type {leaf.Type} cannot be read as {wanted}");

    private static ValueConversion Decimal(FileLeaf leaf) => leaf.Stored switch
    {
        StoredType.Int32 => ValueConversion.IntToDecimal,
        StoredType.Int64 => leaf.Unsigned ? ValueConversion.ULongToDecimal : ValueConversion.LongToDecimal,
        _ => ValueConversion.BytesToDecimal,
    };

    private static ValueConversion Micros(FileLeaf leaf) => (leaf.Stored, leaf.Unit) switch
    {
        (StoredType.Int96, _) => ValueConversion.Int96ToMicros,
        (StoredType.Int32, _) => ValueConversion.IntTimes1000,
        (_, TimeUnit.Millis) => ValueConversion.LongTimes1000,
        (_, TimeUnit.Nanos) => ValueConversion.LongOver1000,
        _ => ValueConversion.None,
    };

    private static ValueConversion Nanos(FileLeaf leaf) => (leaf.Stored, leaf.Unit) switch
    {
        (StoredType.Int96, _) => ValueConversion.Int96ToNanos,
        (_, TimeUnit.Millis) => ValueConversion.LongTimesMillion,
        (_, TimeUnit.Micros) => ValueConversion.LongTimes1000,
        _ => ValueConversion.None,
    };
}
