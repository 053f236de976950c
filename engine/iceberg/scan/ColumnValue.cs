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
    private const long MicrosPerDay = 86_400_000_000;

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
                TypeKind.Float => SingleValue.OfInt(BitConverter.SingleToInt32Bits((float)Special(text))),
                TypeKind.Double => SingleValue.OfLong(BitConverter.DoubleToInt64Bits(Special(text))),
                TypeKind.Decimal => SingleValue.OfDecimal(Unscaled(text, type.Scale)),
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
        try
        {
            return (type, value.ValueKind) switch
            {
                ({ Kind: TypeKind.Boolean }, _) => [value.GetBoolean() ? (byte)1 : (byte)0],
                ({ Kind: TypeKind.Int }, _) => SingleValue.OfInt(value.GetInt32()),
                ({ Kind: TypeKind.Long }, _) => SingleValue.OfLong(value.GetInt64()),
                ({ Kind: TypeKind.Float }, JsonValueKind.Number) => SingleValue.OfInt(BitConverter.SingleToInt32Bits(value.GetSingle())),
                ({ Kind: TypeKind.Float }, _) => SingleValue.OfInt(BitConverter.SingleToInt32Bits((float)Special(value.GetString()!))),
                ({ Kind: TypeKind.Double }, JsonValueKind.Number) => SingleValue.OfLong(BitConverter.DoubleToInt64Bits(value.GetDouble())),
                ({ Kind: TypeKind.Double }, _) => SingleValue.OfLong(BitConverter.DoubleToInt64Bits(Special(value.GetString()!))),
                (PrimitiveType { Kind: TypeKind.Decimal } d, _) => OfDecimal(Unscaled(value.GetString()!, d.Scale)),
                ({ Kind: TypeKind.Date }, _) => SingleValue.OfInt((int)Days(value.GetString()!)),
                ({ Kind: TypeKind.Time }, _) => SingleValue.OfLong(InDay(value.GetString()!, 6)),
                ({ Kind: TypeKind.Timestamp or TypeKind.TimestampTz }, _) => SingleValue.OfLong(Timestamp(value.GetString()!, 6)),
                ({ Kind: TypeKind.TimestampNs or TypeKind.TimestampTzNs }, _) => SingleValue.OfLong(Timestamp(value.GetString()!, 9)),
                ({ Kind: TypeKind.String }, _) => Encoding.UTF8.GetBytes(value.GetString()!),
                ({ Kind: TypeKind.Uuid }, _) => Guid.Parse(value.GetString()!).ToByteArray(bigEndian: true),
                ({ Kind: TypeKind.Fixed or TypeKind.Binary }, _) => Convert.FromHexString(value.GetString()!),
                (StructType, JsonValueKind.Object) => [],
                _ => throw new FormatException(),
            };
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or OverflowException or ArgumentException or NullReferenceException)
        {
            throw Json.Bad(what, $"a default that is no {type}");
        }
    }

    private static double Special(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static byte[] OfDecimal(Int128 unscaled)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(bytes, unscaled);
        return bytes;
    }

    private static Int128 Unscaled(string text, int scale)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (fraction.Length > scale) throw new FormatException();
        return Int128.Parse((point < 0 ? text : text[..point]) + fraction.PadRight(scale, '0'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private static long Days(string date)
    {
        var negative = date.StartsWith('-');
        var parts = date.TrimStart('-', '+').Split('-');
        if (parts.Length != 3) throw new FormatException();
        var year = long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture) * (negative ? -1 : 1);
        var month = int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture);
        var day = int.Parse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture);
        // Days before March of the year in the 400-year calendar, as IsoTime undoes it.
        var shifted = month <= 2 ? year - 1 : year;
        var era = IsoTime.FloorDiv(shifted, 400);
        var ofEra = shifted - era * 400;
        var ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
    }

    /// <summary>The time of day in units of ten to the minus <paramref name="digits"/> seconds.</summary>
    private static long InDay(string time, int digits)
    {
        var point = time.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "" : time[(point + 1)..];
        if (fraction.Length > 9) throw new FormatException();
        fraction = fraction.PadRight(digits, '0')[..digits];
        var parts = (point < 0 ? time : time[..point]).Split(':');
        if (parts.Length is not (2 or 3)) throw new FormatException();
        long seconds = 0;
        foreach (var part in parts) seconds = seconds * 60 + int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
        if (parts.Length == 2) seconds *= 60;
        return seconds * (digits == 6 ? 1_000_000 : 1_000_000_000) + long.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static long Timestamp(string text, int digits)
    {
        var split = text.IndexOf('T', StringComparison.Ordinal);
        if (split < 0) throw new FormatException();
        var time = text[(split + 1)..];
        time = time.EndsWith("+00:00", StringComparison.Ordinal) ? time[..^6] : time.TrimEnd('Z');
        return checked(Days(text[..split]) * (digits == 6 ? MicrosPerDay : MicrosPerDay * 1000) + InDay(time, digits));
    }
}
