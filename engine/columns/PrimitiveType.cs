using System.Globalization;

namespace K2I.Columns;

/// <summary>A type without children. <see cref="Precision"/> and <see cref="Scale"/> belong to decimals, <see cref="Length"/> (bytes) to fixed.</summary>
public sealed record PrimitiveType : DataType
{
    public static readonly PrimitiveType Boolean = new(TypeKind.Boolean);
    public static readonly PrimitiveType Int = new(TypeKind.Int);
    public static readonly PrimitiveType Long = new(TypeKind.Long);
    public static readonly PrimitiveType Float = new(TypeKind.Float);
    public static readonly PrimitiveType Double = new(TypeKind.Double);
    public static readonly PrimitiveType Date = new(TypeKind.Date);
    public static readonly PrimitiveType Time = new(TypeKind.Time);
    public static readonly PrimitiveType Timestamp = new(TypeKind.Timestamp);
    public static readonly PrimitiveType TimestampTz = new(TypeKind.TimestampTz);
    public static readonly PrimitiveType TimestampNs = new(TypeKind.TimestampNs);
    public static readonly PrimitiveType TimestampTzNs = new(TypeKind.TimestampTzNs);
    public static readonly PrimitiveType String = new(TypeKind.String);
    public static readonly PrimitiveType Uuid = new(TypeKind.Uuid);
    public static readonly PrimitiveType Binary = new(TypeKind.Binary);

    /// <summary>Digits in all a decimal may have.</summary>
    public const int MaxPrecision = 38;

    private PrimitiveType(TypeKind kind) : base(kind)
    {
    }

    public int Precision { get; private init; }

    public int Scale { get; private init; }

    public int Length { get; private init; }

    public static PrimitiveType Decimal(int precision, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, MaxPrecision);
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, precision);
        return new(TypeKind.Decimal) { Precision = precision, Scale = scale };
    }

    public static PrimitiveType Fixed(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return new(TypeKind.Fixed) { Length = length };
    }

    /// <summary>Reads a type's name as schemas write it: <c>long</c>, <c>decimal(9, 2)</c>, <c>fixed[16]</c>.</summary>
    public static bool TryParse(string text, out PrimitiveType type)
    {
        type = text switch
        {
            "boolean" => Boolean,
            "int" => Int,
            "long" => Long,
            "float" => Float,
            "double" => Double,
            "date" => Date,
            "time" => Time,
            "timestamp" => Timestamp,
            "timestamptz" => TimestampTz,
            "timestamp_ns" => TimestampNs,
            "timestamptz_ns" => TimestampTzNs,
            "string" => String,
            "uuid" => Uuid,
            "binary" => Binary,
            _ => null!,
        };
        if (type is not null) return true;
        if (text.StartsWith("decimal(", StringComparison.Ordinal) && text.EndsWith(')'))
        {
            var parts = text[8..^1].Split(',');
            if (parts.Length == 2 && TryInt(parts[0], out var precision) && TryInt(parts[1], out var scale)
                && precision is >= 1 and <= MaxPrecision && scale <= precision)
            {
                type = Decimal(precision, scale);
                return true;
            }
        }
        if (text.StartsWith("fixed[", StringComparison.Ordinal) && text.EndsWith(']') && TryInt(text[6..^1], out var length) && length >= 1)
        {
            type = Fixed(length);
            return true;
        }
        return false;
    }

    /// <summary>The type's name as Iceberg's JSON writes it.</summary>
    public override string ToString() => Kind switch
    {
        TypeKind.Boolean => "boolean",
        TypeKind.Int => "int",
        TypeKind.Long => "long",
        TypeKind.Float => "float",
        TypeKind.Double => "double",
        TypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal({Precision}, {Scale})"),
        TypeKind.Date => "date",
        TypeKind.Time => "time",
        TypeKind.Timestamp => "timestamp",
        TypeKind.TimestampTz => "timestamptz",
        TypeKind.TimestampNs => "timestamp_ns",
        TypeKind.TimestampTzNs => "timestamptz_ns",
        TypeKind.String => "string",
        TypeKind.Uuid => "uuid",
        TypeKind.Fixed => string.Create(CultureInfo.InvariantCulture, $"fixed[{Length}]"),
        _ => "binary",
    };

    private static bool TryInt(string text, out int value) => int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
