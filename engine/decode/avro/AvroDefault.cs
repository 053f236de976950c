using System.Globalization;
using System.Numerics;
using System.Text.Json;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A field's default as the column's: from Avro's JSON to Iceberg's single values. Of nested types none. A control path.
/// </summary>
/// <remarks>Source: Avro 1.12, "Complex types", default values; Iceberg's table spec, appendix C.</remarks>
internal static class AvroDefault
{
    /// <summary>As JSON text; null where there is none, or none that the column can have.</summary>
    internal static string? Of(AvroField field, DataType column)
    {
        if (field.Default is not { } text || column is not PrimitiveType type) return null;
        using var json = JsonDocument.Parse(text);
        var branches = field.Type.Kind == AvroKind.Union ? AvroColumns.Valued(field.Type) : [field.Type];
        if (branches.Length != 1 || Of(branches[0], type, json.RootElement) is not { } value) return null;
        using var made = JsonDocument.Parse(value);
        return SingleValueJson.Read(type, made.RootElement) is null ? null : value;
    }

    private static string? Of(AvroType from, PrimitiveType into, JsonElement value) => (into.Kind, value.ValueKind) switch
    {
        (TypeKind.Boolean, JsonValueKind.True or JsonValueKind.False) or (TypeKind.String, JsonValueKind.String)
            or (TypeKind.Int or TypeKind.Long or TypeKind.Float or TypeKind.Double, JsonValueKind.Number) => value.GetRawText(),
        (TypeKind.Uuid, JsonValueKind.String) when from.Kind == AvroKind.String =>
            Guid.TryParseExact(value.GetString(), "D", out var uuid) ? $"\"{uuid}\"" : null,
        (_, JsonValueKind.String) => BytesOf(value.GetString()!) is { } bytes ? Of(bytes, into) : null,
        (_, JsonValueKind.Number) when value.TryGetInt64(out var number) => Time(from, into, number),
        _ => null,
    };

    /// <summary>Each character is a byte.</summary>
    private static byte[]? BytesOf(string text) => text.All(c => c <= byte.MaxValue) ? [.. text.Select(c => (byte)c)] : null;

    private static string? Of(byte[] bytes, PrimitiveType into) => into.Kind switch
    {
        TypeKind.Binary or TypeKind.Fixed => $"\"{Convert.ToHexStringLower(bytes)}\"",
        TypeKind.Uuid when bytes.Length == 16 => $"\"{new Guid(bytes, bigEndian: true)}\"",
        TypeKind.Decimal => Decimal(new BigInteger(bytes, isBigEndian: true), into.Scale),
        _ => null,
    };

    private static string Decimal(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var point = scale == 0 ? "" : $".{digits[^scale..]}";
        return $"\"{(unscaled.Sign < 0 ? "-" : "")}{digits[..^scale]}{point}\"";
    }

    private static string? Time(AvroType from, PrimitiveType into, long number)
    {
        if (into.Kind == TypeKind.Date)
        {
            return number is >= TimeRange.FirstDay and <= TimeRange.LastDay
                ? $"\"{Text(DateTime.UnixEpoch.AddDays(number), "yyyy-MM-dd")}\"" : null;
        }
        var nanos = (Int128)number * (from.Logical switch
        {
            { } some when some.EndsWith("millis", StringComparison.Ordinal) => 1_000_000,
            { } some when some.EndsWith("micros", StringComparison.Ordinal) => 1_000,
            _ => 1,
        });
        var micros = (long)Int128.Clamp(nanos / 1_000, long.MinValue, long.MaxValue);
        if (!TimeRange.Has(micros)) return null;
        var at = DateTime.UnixEpoch.AddTicks(micros * 10);
        return into.Kind switch
        {
            TypeKind.Time => $"\"{Text(at, "HH:mm:ss.ffffff")}\"",
            TypeKind.Timestamp or TypeKind.TimestampNs => $"\"{Text(at, "yyyy-MM-ddTHH:mm:ss.ffffff")}\"",
            TypeKind.TimestampTz or TypeKind.TimestampTzNs => $"\"{Text(at, "yyyy-MM-ddTHH:mm:ss.ffffff")}+00:00\"",
            _ => null,
        };
    }

    private static string Text(DateTime at, string form) => at.ToString(form, CultureInfo.InvariantCulture);
}
