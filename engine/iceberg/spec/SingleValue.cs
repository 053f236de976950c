using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Single values as bytes: little-endian numbers, big-endian minimal decimals, UTF-8, raw bytes (table spec, appendix D). Bounds and partition values are held so.</summary>
public static class SingleValue
{
    public static byte[] OfInt(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] OfLong(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    /// <summary>The unscaled value, big-endian, in as few bytes as its sign allows.</summary>
    public static byte[] OfDecimal(Int128 unscaled) => ((BigInteger)unscaled).ToByteArray(isBigEndian: true);

    public static Int128 ToDecimal(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > 16) throw new EngineException(ErrorKind.Corrupt, $"a decimal of {bytes.Length} bytes");
        Int128 value = (sbyte)bytes[0];
        foreach (var part in bytes[1..]) value = (value << 8) | part;
        return value;
    }

    /// <summary>A whole number of either width; columns widened from int keep the 4 bytes they were written with.</summary>
    public static long ToLong(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        8 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => throw new EngineException(ErrorKind.Corrupt, $"a number of {bytes.Length} bytes"),
    };

    /// <summary>A floating point number of either width.</summary>
    public static double ToDouble(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        8 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => throw new EngineException(ErrorKind.Corrupt, $"a number of {bytes.Length} bytes"),
    };

    public static bool IsNaN(DataType type, ReadOnlySpan<byte> value) => type.Kind is TypeKind.Float or TypeKind.Double && double.IsNaN(ToDouble(value));

    /// <summary>Order of two values of a type: numbers by value (-0 before +0), strings and bytes unsigned byte by byte.</summary>
    public static int Compare(DataType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => type.Kind switch
    {
        TypeKind.Boolean => left[0].CompareTo(right[0]),
        TypeKind.Int or TypeKind.Long or TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs
            => ToLong(left).CompareTo(ToLong(right)),
        TypeKind.Float or TypeKind.Double => CompareDoubles(ToDouble(left), ToDouble(right)),
        TypeKind.Decimal => ToDecimal(left).CompareTo(ToDecimal(right)),
        _ => left.SequenceCompareTo(right),
    };

    /// <summary>The value as people and partition paths write it: ISO dates and times, plain decimals, base64 for bytes.</summary>
    public static string ToHuman(DataType type, ReadOnlySpan<byte> value)
    {
        var invariant = CultureInfo.InvariantCulture;
        switch (type)
        {
            case PrimitiveType { Kind: TypeKind.Boolean }:
                return value[0] != 0 ? "true" : "false";
            case PrimitiveType { Kind: TypeKind.Int or TypeKind.Long }:
                return ToLong(value).ToString(invariant);
            case PrimitiveType { Kind: TypeKind.Float }:
                return JavaText.Of(BinaryPrimitives.ReadSingleLittleEndian(value));
            case PrimitiveType { Kind: TypeKind.Double }:
                return JavaText.Of(ToDouble(value));
            case PrimitiveType { Kind: TypeKind.Decimal } d:
                return DecimalText(ToDecimal(value), d.Scale);
            case PrimitiveType { Kind: TypeKind.Date }:
                return IsoTime.Date(ToLong(value));
            case PrimitiveType { Kind: TypeKind.Time }:
                return IsoTime.Time(ToLong(value));
            case PrimitiveType { Kind: TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs }:
                var nanos = type.Kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs;
                return IsoTime.Timestamp(ToLong(value), nanos) + (type.Kind is TypeKind.TimestampTz or TypeKind.TimestampTzNs ? "+00:00" : "");
            case PrimitiveType { Kind: TypeKind.String }:
                return Encoding.UTF8.GetString(value);
            case PrimitiveType { Kind: TypeKind.Uuid }:
                return new Guid(value, bigEndian: true).ToString();
            default:
                return Convert.ToBase64String(value);
        }
    }

    internal static string DecimalText(Int128 unscaled, int scale)
    {
        var digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return unscaled < 0 ? "-" + text : text;
    }

    private static int CompareDoubles(double left, double right)
    {
        if (left == 0 && right == 0) return double.IsNegative(right).CompareTo(double.IsNegative(left));
        return left.CompareTo(right);
    }
}
