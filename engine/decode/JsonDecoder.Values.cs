using System.Runtime.CompilerServices;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Values in the form they mostly have; whatever looks different goes to the exact, slower way in <see cref="Rare"/>.</summary>
public sealed unsafe partial class JsonDecoder
{
    /// <summary>Four letters as they lie in memory.</summary>
    private const uint Null = 0x6C6C756E, True = 0x65757274, Fals = 0x736C6166, Alse = 0x65736C61;

    /// <summary>How values of a kind are read: a short method each, so that none pays for the registers and locals of another.</summary>
    internal static delegate*<JsonDecoder, JsonNode, byte*, int, byte*> ReaderOf(TypeKind kind) => kind switch
    {
        TypeKind.String => &String,
        TypeKind.Long => &Long,
        TypeKind.Int => &Int,
        TypeKind.Double => &Double,
        TypeKind.Float => &Float,
        TypeKind.Boolean => &Boolean,
        TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs => &Timestamp,
        TypeKind.Date => &Date,
        TypeKind.Decimal => &Decimal,
        TypeKind.Uuid => &Uuid,
        TypeKind.Struct => &Struct,
        TypeKind.List => &List,
        TypeKind.Map => &Map,
        TypeKind.Variant => &Variant,
        _ => &Other,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Value(JsonNode node, byte* p, int depth) => node.Reader(this, node, p, depth);

    private static byte* String(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        if (*p != '"') return self.Rare(node, p, depth);
        var end = StringKernel.End(p + 1);
        if (*end != '"') return self.Rare(node, p, depth);
        var length = (int)(end - p - 1);
        node.Column.AppendBytes(new(p + 1, Math.Max(length, 32)), length);
        return end + 1;
    }

    private static byte* Long(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = Integer(p, out var number);
        if (q == null) return self.Rare(node, p, depth);
        node.Column.AppendLong(number);
        return q;
    }

    private static byte* Int(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = Integer(p, out var number);
        if (q == null || number != (int)number) return self.Rare(node, p, depth);
        node.Column.AppendInt((int)number);
        return q;
    }

    private static byte* Double(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = FloatText.Read(p, out double number);
        if (q == null || !EndsNumber(*q)) return self.Rare(node, p, depth);
        node.Column.AppendDouble(number);
        return q;
    }

    private static byte* Float(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = FloatText.Read(p, out float number);
        if (q == null || !EndsNumber(*q)) return self.Rare(node, p, depth);
        node.Column.AppendFloat(number);
        return q;
    }

    private static byte* Boolean(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var letters = *(uint*)p;
        var truth = letters == True;
        if (!truth && (letters != Fals || p[4] != 'e')) return self.Rare(node, p, depth);
        node.Column.AppendBool(truth);
        return p + (truth ? 4 : 5);
    }

    private static byte* Timestamp(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = *p == '"' ? TimestampText(node, p, out var number) : Epoch(node, p, out number);
        if (q == null) return self.Rare(node, p, depth);
        node.Column.AppendLong(number);
        return q;
    }

    private static byte* Date(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        if (*p != '"') return self.Rare(node, p, depth);
        var q = DateTimeText.Date(p + 1, out var days);
        if (q == null || *q != '"') return self.Rare(node, p, depth);
        node.Column.AppendInt(days);
        return q + 1;
    }

    private static byte* Decimal(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        var q = FloatText.Mantissa(p, out var mantissa, out var power);
        var shift = node.Scale + power;
        if (q == null || !EndsNumber(*q) || power > 0 || shift is < 0 or > 19) return self.Rare(node, p, depth);
        var unscaled = (Int128)((UInt128)mantissa * Digits.Power(shift));
        if (unscaled >= node.Limit) return self.Rare(node, p, depth);
        node.Column.AppendDecimal(*p == '-' ? -unscaled : unscaled);
        return q;
    }

    private static byte* Uuid(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        if (*p != '"' || p[37] != '"' || !UuidKernel.Read(p + 1, out var uuid)) return self.Rare(node, p, depth);
        node.Column.AppendUuid(uuid);
        return p + 38;
    }

    private static byte* Struct(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        if (*p != '{') return self.Rare(node, p, depth);
        p = self.Object(node, p + 1, node.Column.Count, depth + 1);
        if (p != null) node.Column.EndStruct();
        return p;
    }

    private static byte* List(JsonDecoder self, JsonNode node, byte* p, int depth) =>
        *p == '[' ? self.Array(node, p + 1, depth + 1) : self.Rare(node, p, depth);

    private static byte* Map(JsonDecoder self, JsonNode node, byte* p, int depth) =>
        *p == '{' ? self.Entries(node, p + 1, depth + 1) : self.Rare(node, p, depth);

    private static byte* Other(JsonDecoder self, JsonNode node, byte* p, int depth) => self.Rare(node, p, depth);

    /// <summary>An integer of at most 19 digits without fraction or exponent; null for any other text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Integer(byte* p, out long number)
    {
        var negative = *p == '-';
        var digits = negative ? p + 1 : p;
        var q = Digits.Read(digits, out var magnitude);
        number = negative ? -(long)magnitude : (long)magnitude;
        return q == digits || (*digits == '0' && q - digits > 1) || magnitude > long.MaxValue || !EndsNumber(*q) ? null : q;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsNumber(byte c) => c is (byte)',' or (byte)'}' or (byte)']' or <= (byte)' ';

    /// <summary>A quoted timestamp in the column's unit; null for any other text, or out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* TimestampText(JsonNode node, byte* p, out long number)
    {
        var q = DateTimeText.Timestamp(p + 1, ref node.Memory, out var seconds, out var nanos, out var zone);
        var zoned = node.Kind is TypeKind.TimestampTz or TypeKind.TimestampTzNs;
        number = 0;
        if (q == null || *q != '"' || zoned != (zone != DateTimeText.NoZone)) return null;
        if (zoned) seconds -= zone;
        if (node.Kind is TypeKind.Timestamp or TypeKind.TimestampTz)
        {
            number = (seconds * 1_000_000) + (nanos / 1_000);
            return TimeRange.Has(number) ? q + 1 : null;
        }
        if (Math.Abs(seconds) > 9_223_372_035) return null;
        number = (seconds * 1_000_000_000) + nanos;
        return q + 1;
    }

    /// <summary>An integer since 1970, brought to the column's unit; null for any other text, or out of range.</summary>
    private static byte* Epoch(JsonNode node, byte* p, out long number)
    {
        var q = Integer(p, out number);
        if (q == null) return null;
        if (node.Scale < 0) number = (number - (number < 0 ? node.Factor - 1 : 0)) / node.Factor;
        else if (Math.BigMul(number, node.Factor, out number) != number >> 63) return null;
        return node.Kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs || TimeRange.Has(number) ? q : null;
    }
}
