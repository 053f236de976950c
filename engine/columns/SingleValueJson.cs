using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace K2I.Columns;

/// <summary>Single values in JSON, as tables' defaults are written. Source: Iceberg's table spec, appendix C.</summary>
public static class SingleValueJson
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>As <see cref="ColumnView.Bytes"/> has it, a boolean as a byte of 0 or 1; null where it is no value of the type.</summary>
    public static byte[]? Read(PrimitiveType type, JsonElement value)
    {
        try
        {
            return (type.Kind, value.ValueKind) switch
            {
                (TypeKind.Boolean, _) => [value.GetBoolean() ? (byte)1 : (byte)0],
                (TypeKind.Int, _) => Of(value.GetInt32()),
                (TypeKind.Long, _) => Of(value.GetInt64()),
                (TypeKind.Float, JsonValueKind.Number) => Of(value.GetSingle()),
                (TypeKind.Float, _) => Of((float)Double(value.GetString()!)),
                (TypeKind.Double, JsonValueKind.Number) => Of(value.GetDouble()),
                (TypeKind.Double, _) => Of(Double(value.GetString()!)),
                (TypeKind.Decimal, _) => Of(Unscaled(value.GetString()!, type.Scale)),
                (TypeKind.Date, _) => Of(checked((int)Days(value.GetString()!))),
                (TypeKind.Time, _) => Of(InDay(value.GetString()!, 6)),
                (TypeKind.Timestamp or TypeKind.TimestampTz, _) => Of(Timestamp(value.GetString()!, 6)),
                (TypeKind.TimestampNs or TypeKind.TimestampTzNs, _) => Of(Timestamp(value.GetString()!, 9)),
                (TypeKind.String, _) => Encoding.UTF8.GetBytes(value.GetString()!),
                (TypeKind.Uuid, _) => Guid.Parse(value.GetString()!).ToByteArray(bigEndian: true),
                (TypeKind.Fixed, _) => Convert.FromHexString(value.GetString()!) is var bytes && bytes.Length == type.Length ? bytes : null,
                (TypeKind.Binary, _) => Convert.FromHexString(value.GetString()!),
                _ => null,
            };
        }
        catch (Exception error) when (
            error is FormatException or InvalidOperationException or OverflowException or ArgumentException or NullReferenceException)
        {
            return null;
        }
    }

    /// <summary>A number, or NaN or an infinity by its name.</summary>
    public static double Double(string text) => text switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    /// <summary>Of a decimal as text; throws FormatException where it has more digits behind the point than the scale.</summary>
    public static Int128 Unscaled(string text, int scale)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (fraction.Length > scale) throw new FormatException();
        var digits = (point < 0 ? text : text[..point]) + fraction.PadRight(scale, '0');
        return Int128.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private static long Days(string date)
    {
        var negative = date.StartsWith('-');
        var parts = date.TrimStart('-', '+').Split('-');
        if (parts.Length != 3) throw new FormatException();
        var year = long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture) * (negative ? -1 : 1);
        var month = int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture);
        var day = int.Parse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture);
        // Days before March of the year in the 400-year calendar.
        var shifted = month <= 2 ? year - 1 : year;
        var era = (shifted >= 0 ? shifted : shifted - 399) / 400;
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

    /// <summary>Little-endian, as columns and this processor have it.</summary>
    private static byte[] Of<T>(T value) where T : unmanaged
    {
        var bytes = new byte[Unsafe.SizeOf<T>()];
        Unsafe.WriteUnaligned(ref bytes[0], value);
        return bytes;
    }
}
