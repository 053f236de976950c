using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Single values as columns hold them (<see cref="ColumnView.Bytes"/>), from the forms that metadata has: bytes, and JSON in defaults.</summary>
internal static class ColumnValue
{
    /// <summary>From a <see cref="SingleValue"/>, which may be of a narrower type than the column is now.</summary>
    internal static byte[] FromSingle(DataType type, byte[] value) => type.Kind switch
    {
        TypeKind.Int or TypeKind.Date => SingleValue.OfInt((int)SingleValue.ToLong(value)),
        TypeKind.Long or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs => SingleValue.OfLong(SingleValue.ToLong(value)),
        TypeKind.Double => SingleValue.OfLong(BitConverter.DoubleToInt64Bits(SingleValue.ToDouble(value))),
        TypeKind.Decimal => OfDecimal(SingleValue.ToDecimal(value)),
        _ => value,
    };

    /// <summary>From JSON as the table spec's appendix C writes single values.</summary>
    internal static byte[] FromJson(DataType type, string json, string what) => Json.Parse<byte[]>(Encoding.UTF8.GetBytes(json), what, value => FromJson(type, value, what));

    /// <summary>A <see cref="SingleValue"/> from text as people write it: the forms rows are printed in.</summary>
    internal static byte[] SingleFromText(PrimitiveType type, string text, string what)
    {
        try
        {
            return type.Kind switch
            {
                TypeKind.Boolean => [bool.Parse(text) ? (byte)1 : (byte)0],
                TypeKind.Int => SingleValue.OfInt(int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
                TypeKind.Long => SingleValue.OfLong(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
                TypeKind.Float => SingleValue.OfInt(BitConverter.SingleToInt32Bits((float)SingleValueJson.Double(text))),
                TypeKind.Double => SingleValue.OfLong(BitConverter.DoubleToInt64Bits(SingleValueJson.Double(text))),
                TypeKind.Decimal => SingleValue.OfDecimal(SingleValueJson.Unscaled(text, type.Scale)),
                TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs when !text.Contains('T', StringComparison.Ordinal)
                    => FromJsonText(type, text.Contains(' ', StringComparison.Ordinal) ? text.Replace(' ', 'T') : text + "T00:00:00", what),
                _ => FromJsonText(type, text, what),
            };
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new EngineException(ErrorKind.Invalid, $"{what}: '{text}' is no {type}");
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            throw new EngineException(ErrorKind.Invalid, $"{what}: '{text}' is no {type}");
        }
    }

    /// <summary>A <see cref="SingleValue"/> from a value in column layout; null from none.</summary>
    internal static byte[]? ToSingle(DataType type, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes || SingleValue.IsNaN(type, bytes.Span)) return null;
        return type.Kind == TypeKind.Decimal ? SingleValue.OfDecimal(BinaryPrimitives.ReadInt128LittleEndian(bytes.Span)) : bytes.ToArray();
    }

    private static byte[] FromJsonText(PrimitiveType type, string text, string what) => FromJson(type, Json.Text(json => json.WriteStringValue(text)), what);

    private static byte[] FromJson(DataType type, JsonElement value, string what)
    {
        var bytes = type is PrimitiveType primitive ? SingleValueJson.Read(primitive, value) : type is StructType && value.ValueKind == JsonValueKind.Object ? [] : null;
        return bytes ?? throw Json.Bad(what, $"a default that is no {type}");
    }

    private static byte[] OfDecimal(Int128 unscaled)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(bytes, unscaled);
        return bytes;
    }
}
