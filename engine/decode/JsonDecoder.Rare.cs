using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Values in any form that the rules allow, and the errors for those they do not.</summary>
public sealed unsafe partial class JsonDecoder
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Rare(JsonNode node, byte* p, int depth)
    {
        if (*p == 'n')
        {
            if (*(uint*)p != Null) return Fail(DecodeStatus.InvalidJson, p, node);
            if (node.Required) return Fail(DecodeStatus.MissingRequired, p, node);
            node.Column.AppendNull();
            return p + 4;
        }
        if (*p == '"')
        {
            var q = Text(p, node, out var text);
            return q != null && FromText(node, text, p) ? q : null;
        }
        if (node.Kind == TypeKind.String && !strictStrings)
        {
            var q = Skip(node, p, depth);
            if (q != null) node.Column.AppendBytes(new(p, (int)(q - p)));
            return q;
        }
        if ((*p == '-' || Digits.Is(*p)) && node.Kind is not TypeKind.String)
        {
            var q = JsonNumber.Read(p, out var number);
            if (q == null) return Fail(DecodeStatus.InvalidJson, p, node);
            return FromNumber(node, in number, new(p, (int)(q - p)), p, out var bits) && Append(node, bits) ? q : null;
        }
        return Mismatch(node, p, depth);
    }

    /// <summary>An error: of type where the value is well-formed, of syntax where not.</summary>
    private byte* Mismatch(JsonNode node, byte* p, int depth = 0) =>
        Skip(node, p, depth) == null ? null : Fail(DecodeStatus.TypeMismatch, p, node);

    private bool FromText(JsonNode node, ReadOnlySpan<byte> text, byte* at)
    {
        switch (node.Kind)
        {
            case TypeKind.String:
                node.Column.AppendBytes(text);
                return true;
            case TypeKind.Binary:
                if (!Decoded(node, ref text, at)) return false;
                node.Column.AppendBytes(text);
                return true;
            case TypeKind.Fixed:
                if (!Decoded(node, ref text, at)) return false;
                node.Column.AppendFixed(text);
                return true;
            case TypeKind.Decimal when node.IsUnscaled:
                return Decoded(node, ref text, at) && Unscaled(node, text, at);
            case TypeKind.Boolean or TypeKind.Struct or TypeKind.List or TypeKind.Map:
                return No(DecodeStatus.TypeMismatch, at, node);
            default:
                return Parse(node, text, at, out var bits) && Append(node, bits);
        }
    }

    /// <summary>Text as the value of a column of fixed width, also of a map key. The byte after the text is a quote or zero.</summary>
    private bool Parse(JsonNode node, ReadOnlySpan<byte> text, byte* at, out Int128 bits)
    {
        bits = 0;
        var p = At(text);
        var textEnd = p + text.Length;
        switch (node.Kind)
        {
            case TypeKind.Boolean:
                bits = text.SequenceEqual("true"u8) ? 1 : 0;
                return bits == 1 || text.SequenceEqual("false"u8) || No(DecodeStatus.InvalidValue, at, node);
            case TypeKind.Date:
                if (DateTimeText.Date(p, out var days) != textEnd) return No(DecodeStatus.InvalidValue, at, node);
                bits = days;
                return true;
            case TypeKind.Time:
                if (DateTimeText.Time(p, out var nanos) != textEnd) return No(DecodeStatus.InvalidValue, at, node);
                bits = nanos / 1000;
                return true;
            case TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                return ParseTimestamp(node, p, textEnd, at, out bits);
            case TypeKind.Uuid:
                if (text.Length != 36 || !UuidKernel.Read(p, out var uuid)) return No(DecodeStatus.InvalidValue, at, node);
                bits = Unsafe.BitCast<Vector128<byte>, Int128>(uuid);
                return true;
            case TypeKind.Float or TypeKind.Double when NotFinite(node, text, out bits):
                return true;
            default:
                return JsonNumber.Read(p, out var number) == textEnd && text.Length > 0
                    ? FromNumber(node, in number, text, at, out bits)
                    : No(DecodeStatus.InvalidValue, at, node);
        }
    }

    private bool ParseTimestamp(JsonNode node, byte* p, byte* textEnd, byte* at, out Int128 bits)
    {
        bits = 0;
        var zoned = node.Kind is TypeKind.TimestampTz or TypeKind.TimestampTzNs;
        var q = DateTimeText.Timestamp(p, ref node.Memory, out var seconds, out var nanos, out var zone);
        if (q != textEnd || zoned != (zone != DateTimeText.NoZone)) return No(DecodeStatus.InvalidValue, at, node);
        var exact = ((Int128)(zoned ? seconds - zone : seconds) * 1_000_000_000) + nanos;
        bits = node.Kind is TypeKind.Timestamp or TypeKind.TimestampTz ? (exact - (nanos % 1000)) / 1000 : exact;
        return InRange(node, bits) || No(DecodeStatus.Overflow, at, node);
    }

    private bool FromNumber(JsonNode node, in JsonNumber number, ReadOnlySpan<byte> text, byte* at, out Int128 bits)
    {
        var times = node.Kind is TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs;
        bits = 0;
        switch (node.Kind)
        {
            case TypeKind.Double:
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) return No(DecodeStatus.InvalidJson, at, node);
                bits = BitConverter.DoubleToInt64Bits(real);
                return double.IsFinite(real) || No(DecodeStatus.Overflow, at, node);
            case TypeKind.Float:
                if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single)) return No(DecodeStatus.InvalidJson, at, node);
                bits = BitConverter.SingleToInt32Bits(single);
                return float.IsFinite(single) || No(DecodeStatus.Overflow, at, node);
            case TypeKind.Boolean or TypeKind.Uuid or TypeKind.Binary or TypeKind.Fixed or TypeKind.Struct or TypeKind.List or TypeKind.Map:
                return No(DecodeStatus.TypeMismatch, at, node);
            default:
                var outcome = number.Scaled(node.Scale, floor: times, out bits);
                if (outcome != DecodeStatus.Ok) return No(outcome, at, node);
                return InRange(node, bits) || No(DecodeStatus.Overflow, at, node);
        }
    }

    private static bool InRange(JsonNode node, Int128 value) => node.Kind switch
    {
        TypeKind.Int => value >= int.MinValue && value <= int.MaxValue,
        TypeKind.Decimal => value < node.Limit && value > -node.Limit,
        TypeKind.Time => value >= 0 && value < 86_400_000_000,
        TypeKind.Date => value >= TimeRange.FirstDay && value <= TimeRange.LastDay,
        TypeKind.Timestamp or TypeKind.TimestampTz => value >= TimeRange.FirstMicro && value <= TimeRange.LastMicro,
        _ => value >= long.MinValue && value <= long.MaxValue,
    };

    private static bool NotFinite(JsonNode node, ReadOnlySpan<byte> text, out Int128 bits)
    {
        bits = 0;
        double value;
        if (text.SequenceEqual("NaN"u8)) value = double.NaN;
        else if (text.SequenceEqual("Infinity"u8)) value = double.PositiveInfinity;
        else if (text.SequenceEqual("-Infinity"u8)) value = double.NegativeInfinity;
        else return false;
        bits = node.Kind == TypeKind.Float ? BitConverter.SingleToInt32Bits((float)value) : BitConverter.DoubleToInt64Bits(value);
        return true;
    }

    /// <summary>Base64 (RFC 4648, section 4, padded) decoded in place.</summary>
    private bool Decoded(JsonNode node, ref ReadOnlySpan<byte> text, byte* at)
    {
        var bytes = new Span<byte>(At(text), text.Length);
        if (bytes.ContainsAny(" \t\r\n"u8) || Base64.DecodeFromUtf8InPlace(bytes, out var written) != OperationStatus.Done) return No(DecodeStatus.InvalidValue, at, node);
        text = bytes[..written];
        return node.Kind != TypeKind.Fixed || written == node.Column.Width || No(DecodeStatus.InvalidValue, at, node);
    }

    /// <summary>A decimal's unscaled value, in two's complement.</summary>
    private bool Unscaled(JsonNode node, ReadOnlySpan<byte> bytes, byte* at)
    {
        if (bytes.IsEmpty) return No(DecodeStatus.InvalidValue, at, node);
        var sign = (sbyte)bytes[0] >> 7;
        while (bytes.Length > 16 && bytes[0] == (byte)sign) bytes = bytes[1..];
        if (bytes.Length > 16) return No(DecodeStatus.Overflow, at, node);
        Int128 value = sign;
        foreach (var part in bytes) value = (value << 8) | part;
        if (value >= node.Limit || value <= -node.Limit) return No(DecodeStatus.Overflow, at, node);
        node.Column.AppendDecimal(value);
        return true;
    }

    /// <summary>Appends what <see cref="Parse"/> or <see cref="FromNumber"/> made.</summary>
    private static bool Append(JsonNode node, Int128 bits)
    {
        switch (node.Kind)
        {
            case TypeKind.Boolean:
                node.Column.AppendBool(bits != 0);
                break;
            case TypeKind.Int or TypeKind.Date or TypeKind.Float:
                node.Column.AppendInt((int)bits);
                break;
            case TypeKind.Decimal:
                node.Column.AppendDecimal(bits);
                break;
            case TypeKind.Uuid:
                node.Column.AppendFixed(new(&bits, 16));
                break;
            default:
                node.Column.AppendLong((long)bits);
                break;
        }
        return true;
    }

    /// <summary>Where a text lies; all of them lie in the pinned copy of the record.</summary>
    private static byte* At(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));

    private bool No(DecodeStatus why, byte* at, JsonNode node)
    {
        Fail(why, at, node);
        return false;
    }
}
