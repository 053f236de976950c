using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>Which column type says the same as a stored type with its annotation, of the new or the old kind.</summary>
internal static class NaturalType
{
    private const int Utf8 = 0, EnumText = 4, DecimalNumber = 5, Days = 6, TimeMillis = 7, TimeMicros = 8, TimestampMillis = 9, TimestampMicros = 10, UInt32 = 13, UInt64 = 14, Json = 19;

    /// <summary>The column without its place: index and levels are the caller's to fill in.</summary>
    internal static FileLeaf Leaf(SchemaElement element, string path)
    {
        var stored = element.Type!.Value;
        var width = stored switch
        {
            StoredType.Int32 or StoredType.Float => 4,
            StoredType.Int64 or StoredType.Double => 8,
            StoredType.Int96 => 12,
            StoredType.FixedLenByteArray => element.TypeLength,
            _ => 0,
        };
        Damage.Unless(stored != StoredType.FixedLenByteArray || width > 0, $"column {path} has values of a fixed length that is not given");
        if (width > 1 << 20) throw new EngineException(ErrorKind.Unsupported, $"column {path}: values of {width} bytes each");
        var leaf = new FileLeaf { Index = 0, Path = path, Stored = stored, Width = width, Type = Plain(stored, width) };
        if (Decimal(element, stored, path) is { } type) return leaf with { Type = type };
        return stored switch
        {
            StoredType.Int32 => Int32(leaf, element),
            StoredType.Int64 => Int64(leaf, element),
            StoredType.ByteArray when element.Logical.Kind is LogicalKind.String or LogicalKind.Enum or LogicalKind.Json
                || element.Logical.Kind == LogicalKind.None && element.Converted is Utf8 or EnumText or Json => leaf with { Type = PrimitiveType.String },
            StoredType.FixedLenByteArray when element.Logical.Kind == LogicalKind.Uuid && width == 16 => leaf with { Type = PrimitiveType.Uuid },
            StoredType.FixedLenByteArray when element.Logical.Kind == LogicalKind.Float16 && width == 2 => leaf with { Type = PrimitiveType.Float, Half = true },
            _ => leaf,
        };
    }

    private static PrimitiveType Plain(StoredType stored, int width) => stored switch
    {
        StoredType.Boolean => PrimitiveType.Boolean,
        StoredType.Int32 => PrimitiveType.Int,
        StoredType.Int64 => PrimitiveType.Long,
        StoredType.Int96 => PrimitiveType.Timestamp,
        StoredType.Float => PrimitiveType.Float,
        StoredType.Double => PrimitiveType.Double,
        StoredType.ByteArray => PrimitiveType.Binary,
        _ => PrimitiveType.Fixed(width),
    };

    private static PrimitiveType? Decimal(SchemaElement element, StoredType stored, string path)
    {
        if (stored is not (StoredType.Int32 or StoredType.Int64 or StoredType.ByteArray or StoredType.FixedLenByteArray)) return null;
        var logical = element.Logical.Kind == LogicalKind.Decimal;
        if (!logical && (element.Logical.Kind != LogicalKind.None || element.Converted != DecimalNumber)) return null;
        var (precision, scale) = logical ? (element.Logical.Precision, element.Logical.Scale) : (element.Precision, element.Scale);
        Damage.Unless(precision > 0 && scale >= 0 && scale <= precision, $"column {path} is a decimal of impossible precision and scale");
        if (precision > PrimitiveType.MaxPrecision) throw new EngineException(ErrorKind.Unsupported, $"column {path}: a decimal of {precision} digits");
        return PrimitiveType.Decimal(precision, scale);
    }

    private static FileLeaf Int32(FileLeaf leaf, SchemaElement element) => element.Logical switch
    {
        { Kind: LogicalKind.Date } => leaf with { Type = PrimitiveType.Date },
        { Kind: LogicalKind.Time, Unit: TimeUnit.Millis } => leaf with { Type = PrimitiveType.Time, Unit = TimeUnit.Millis },
        { Kind: LogicalKind.Integer, Signed: false, BitWidth: 32 } => leaf with { Type = PrimitiveType.Long, Unsigned = true },
        { Kind: not LogicalKind.None } => leaf,
        _ => element.Converted switch
        {
            Days => leaf with { Type = PrimitiveType.Date },
            TimeMillis => leaf with { Type = PrimitiveType.Time, Unit = TimeUnit.Millis },
            UInt32 => leaf with { Type = PrimitiveType.Long, Unsigned = true },
            _ => leaf,
        },
    };

    private static FileLeaf Int64(FileLeaf leaf, SchemaElement element) => element.Logical switch
    {
        { Kind: LogicalKind.Time, Unit: TimeUnit.Micros or TimeUnit.Nanos } time => leaf with { Type = PrimitiveType.Time, Unit = time.Unit },
        { Kind: LogicalKind.Timestamp, Unit: TimeUnit.Nanos } at => leaf with { Type = at.AdjustedToUtc ? PrimitiveType.TimestampTzNs : PrimitiveType.TimestampNs, Unit = TimeUnit.Nanos },
        { Kind: LogicalKind.Timestamp, Unit: TimeUnit.Millis or TimeUnit.Micros } at => leaf with { Type = at.AdjustedToUtc ? PrimitiveType.TimestampTz : PrimitiveType.Timestamp, Unit = at.Unit },
        { Kind: LogicalKind.Integer, Signed: false, BitWidth: 64 } => leaf with { Type = PrimitiveType.Decimal(20, 0), Unsigned = true },
        { Kind: not LogicalKind.None } => leaf,
        _ => element.Converted switch
        {
            TimeMicros => leaf with { Type = PrimitiveType.Time, Unit = TimeUnit.Micros },
            TimestampMillis => leaf with { Type = PrimitiveType.TimestampTz, Unit = TimeUnit.Millis },
            TimestampMicros => leaf with { Type = PrimitiveType.TimestampTz, Unit = TimeUnit.Micros },
            UInt64 => leaf with { Type = PrimitiveType.Decimal(20, 0), Unsigned = true },
            _ => leaf,
        },
    };
}
