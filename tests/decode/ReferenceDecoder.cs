using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>The rules of the README once more, on Utf8JsonReader and big integers: slow, plain, and made of nothing the decoder is made of.</summary>
internal sealed class ReferenceDecoder(Schema schema, StringComparison names = StringComparison.Ordinal)
{
    private const long MicrosPerDay = 86_400_000_000;

    private static readonly long FirstMicro = (DateTime.MinValue - DateTime.UnixEpoch).Ticks / 10, LastMicro = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / 10;

    private sealed class Refused : Exception;

    /// <summary>The row as <see cref="Rows"/> shows it, or null where the record is refused.</summary>
    internal string? Decode(byte[] json)
    {
        if (!Utf8.IsValid(json)) return null;
        if (json is [0xEF, 0xBB, 0xBF, ..]) json = json[3..];
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return null;
            var row = Struct(ref reader, json, schema.Struct);
            while (reader.Read())
            {
            }
            return string.Join("|", row);
        }
        catch (Exception e) when (e is JsonException or Refused or InvalidOperationException)
        {
            return null;
        }
    }

    private string[] Struct(ref Utf8JsonReader reader, byte[] json, StructType type)
    {
        var values = new string?[type.Fields.Length];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            var index = type.Fields.ToList().FindIndex(f => f.Name.Equals(name, names));
            if (index < 0)
            {
                reader.Skip();
                continue;
            }
            if (values[index] is not null) throw new Refused();
            values[index] = Value(ref reader, json, type.Fields[index]);
        }
        for (var i = 0; i < values.Length; i++)
            if (values[i] is null && type.Fields[i].Required) throw new Refused();
        return [.. values.Select(v => v ?? "null")];
    }

    private string Value(ref Utf8JsonReader reader, byte[] json, Field field)
    {
        if (reader.TokenType == JsonTokenType.Null) return field.Required ? throw new Refused() : "null";
        switch (field.Type)
        {
            case StructType s when reader.TokenType == JsonTokenType.StartObject:
                var values = Struct(ref reader, json, s);
                return "{" + string.Join(",", s.Fields.Zip(values, (f, v) => f.Name + "=" + v)) + "}";
            case ListType l when reader.TokenType == JsonTokenType.StartArray:
                List<string> elements = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) elements.Add(Value(ref reader, json, l.Element));
                return "[" + string.Join(",", elements) + "]";
            case MapType m when reader.TokenType == JsonTokenType.StartObject:
                List<(string Key, string Value)> entries = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text(m.Key.Type, reader.GetString()!, isKey: true);
                    if (entries.Any(e => e.Key == key)) throw new Refused();
                    reader.Read();
                    entries.Add((key, Value(ref reader, json, m.Value)));
                }
                return "<" + string.Join(",", entries.Select(e => e.Key + "=" + e.Value)) + ">";
            case PrimitiveType { Kind: TypeKind.String } when reader.TokenType != JsonTokenType.String:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return Encoding.UTF8.GetString(json, start, (int)reader.BytesConsumed - start);
            case PrimitiveType { Kind: TypeKind.Boolean } when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True ? "true" : "false";
            case PrimitiveType p when reader.TokenType == JsonTokenType.String:
                return Text(p, reader.GetString()!, isKey: false);
            case PrimitiveType p when reader.TokenType == JsonTokenType.Number:
                return Number(p, Encoding.ASCII.GetString(reader.ValueSpan));
            default:
                throw new Refused();
        }
    }

    private static string Text(DataType type, string text, bool isKey)
    {
        switch (type.Kind)
        {
            case TypeKind.String:
                return text;
            case TypeKind.Boolean when isKey:
                return text is "true" or "false" ? text : throw new Refused();
            case TypeKind.Uuid:
                return System.Text.RegularExpressions.Regex.IsMatch(text, "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\z") ? text.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant() : throw new Refused();
            case TypeKind.Binary:
                if (text.Any(char.IsWhiteSpace)) throw new Refused();
                try
                {
                    var bytes = Convert.FromBase64String(text);
                    return Convert.ToBase64String(bytes) == text ? Convert.ToHexStringLower(bytes) : throw new Refused();
                }
                catch (FormatException)
                {
                    throw new Refused();
                }
            case TypeKind.Date:
                if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) throw new Refused();
                return (date.DayNumber - new DateOnly(1970, 1, 1).DayNumber).ToString(CultureInfo.InvariantCulture);
            case TypeKind.TimestampTz or TypeKind.Timestamp:
                return Timestamp(type.Kind, text);
            case TypeKind.Float or TypeKind.Double when text is "NaN" or "Infinity" or "-Infinity":
                return text;
            default:
                if (!System.Text.RegularExpressions.Regex.IsMatch(text, @"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")) throw new Refused();
                return Number((PrimitiveType)type, text);
        }
    }

    private static string Timestamp(TypeKind kind, string text)
    {
        var match = System.Text.RegularExpressions.Regex.Match(
            text, @"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(?<=:[0-9]{2}:[0-9]{2}|[Tt ][0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?\z");
        if (!match.Success || (match.Groups[4].Success && !match.Groups[3].Success)) throw new Refused();
        var seconds = match.Groups[3].Success ? match.Groups[3].Value : ":00";
        if (!DateTime.TryParseExact(match.Groups[1].Value + "T" + match.Groups[2].Value + seconds, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            throw new Refused();
        var zone = match.Groups[5].Value;
        if (zone.Length > 0 != (kind == TypeKind.TimestampTz)) throw new Refused();
        var offset = 0;
        if (zone.Length > 1)
        {
            var digits = zone[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
            var (hours, minutes) = (int.Parse(digits[..2]), int.Parse(digits[2..]));
            if (hours > 23 || minutes > 59) throw new Refused();
            offset = ((hours * 60) + minutes) * (zone[0] == '-' ? -60 : 60);
        }
        var micros = ((time.Ticks - DateTime.UnixEpoch.Ticks) / 10) - (offset * 1_000_000L);
        if (match.Groups[4].Success) micros += int.Parse(match.Groups[4].Value[1..].PadRight(9, '0')) / 1000;
        return micros >= FirstMicro && micros <= LastMicro ? micros.ToString(CultureInfo.InvariantCulture) : throw new Refused();
    }

    private static string Number(PrimitiveType type, string text)
    {
        switch (type.Kind)
        {
            case TypeKind.Double:
                var real = double.Parse(text, CultureInfo.InvariantCulture);
                return double.IsFinite(real) ? real.ToString("R", CultureInfo.InvariantCulture) : throw new Refused();
            case TypeKind.Float:
                var single = float.Parse(text, CultureInfo.InvariantCulture);
                return float.IsFinite(single) ? single.ToString("R", CultureInfo.InvariantCulture) : throw new Refused();
            case TypeKind.Int:
                return Exact(text, 0, int.MinValue, int.MaxValue, floor: false);
            case TypeKind.Date:
                return Exact(text, 0, FirstMicro / MicrosPerDay, (LastMicro - MicrosPerDay + 1) / MicrosPerDay, floor: false);
            case TypeKind.Long:
                return Exact(text, 0, long.MinValue, long.MaxValue, floor: false);
            case TypeKind.Decimal:
                var limit = BigInteger.Pow(10, type.Precision) - 1;
                return Exact(text, type.Scale, -limit, limit, floor: false);
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                return Exact(text, 3, FirstMicro, LastMicro, floor: true);
            default:
                throw new Refused();
        }
    }

    private static string Exact(string text, int scale, BigInteger min, BigInteger max, bool floor)
    {
        var e = text.IndexOfAny(['e', 'E']);
        var exponent = e < 0 ? 0 : (int)BigInteger.Max(-5000, BigInteger.Min(5000, BigInteger.Parse(text[(e + 1)..].TrimStart('+'), CultureInfo.InvariantCulture)));
        var digits = e < 0 ? text : text[..e];
        var point = digits.IndexOf('.');
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }
        var value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        exponent += scale;
        if (exponent >= 0)
        {
            value *= BigInteger.Pow(10, exponent);
        }
        else
        {
            var rest = BigInteger.Remainder(value, BigInteger.Pow(10, -exponent));
            if (!rest.IsZero && !floor) throw new Refused();
            value /= BigInteger.Pow(10, -exponent);
            if (rest.Sign < 0) value--;
        }
        return value >= min && value <= max ? value.ToString(CultureInfo.InvariantCulture) : throw new Refused();
    }
}
