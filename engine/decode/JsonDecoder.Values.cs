using System.Runtime.CompilerServices;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Values in the form they mostly have; whatever looks different goes to the exact, slower way in <see cref="Rare"/>.</summary>
public sealed unsafe partial class JsonDecoder
{
    private byte* Value(JsonNode node, byte* p, int depth)
    {
        var column = node.Column;
        byte* q;
        switch (node.Kind)
        {
            case TypeKind.String:
                if (*p != '"') break;
                q = StringKernel.End(p + 1);
                if (*q != '"') break;
                column.AppendBytes(new(p + 1, (int)(q - p - 1)));
                return q + 1;
            case TypeKind.Long:
                q = Integer(p, out var number);
                if (q == null) break;
                column.AppendLong(number);
                return q;
            case TypeKind.Int:
                q = Integer(p, out number);
                if (q == null || number != (int)number) break;
                column.AppendInt((int)number);
                return q;
            case TypeKind.Double:
                q = FloatText.Read(p, out double real);
                if (q == null || !EndsNumber(*q)) break;
                column.AppendDouble(real);
                return q;
            case TypeKind.Float:
                q = FloatText.Read(p, out float single);
                if (q == null || !EndsNumber(*q)) break;
                column.AppendFloat(single);
                return q;
            case TypeKind.Boolean:
                var letters = *(uint*)p;
                if (letters == 0x65757274)
                {
                    column.AppendBool(true);
                    return p + 4;
                }
                if (letters != 0x736C6166 || p[4] != 'e') break;
                column.AppendBool(false);
                return p + 5;
            case TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                q = *p == '"' ? TimestampText(node, p, out number) : Epoch(node, p, out number);
                if (q == null) break;
                column.AppendLong(number);
                return q;
            case TypeKind.Date:
                if (*p != '"') break;
                q = DateTimeText.Date(p + 1, out var days);
                if (q == null || *q != '"') break;
                column.AppendInt(days);
                return q + 1;
            case TypeKind.Decimal:
                q = FloatText.Mantissa(p, out var mantissa, out var exponent);
                if (q == null || !EndsNumber(*q) || exponent > 0 || -exponent > node.Scale || node.Scale + exponent > 19) break;
                var unscaled = (Int128)((UInt128)mantissa * Digits.Power(node.Scale + exponent));
                if (unscaled >= node.Limit) break;
                column.AppendDecimal(*p == '-' ? -unscaled : unscaled);
                return q;
            case TypeKind.Uuid:
                if (*p != '"' || p[37] != '"' || !UuidKernel.Read(p + 1, out var uuid)) break;
                column.AppendFixed(new(&uuid, 16));
                return p + 38;
            case TypeKind.Struct:
                if (*p != '{') break;
                p = Object(node, p + 1, column.Count, depth + 1);
                if (p != null) column.EndStruct();
                return p;
            case TypeKind.List:
                if (*p != '[') break;
                return Array(node, p + 1, depth + 1);
            case TypeKind.Map:
                if (*p != '{') break;
                return Map(node, p + 1, depth + 1);
            default:
                break;
        }
        return Rare(node, p, depth);
    }

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
            return q + 1;
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
        if (node.Scale >= 0) return Math.BigMul(number, node.Factor, out number) == number >> 63 ? q : null;
        number = (number - (number < 0 ? node.Factor - 1 : 0)) / node.Factor;
        return q;
    }
}
