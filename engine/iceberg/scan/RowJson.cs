using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>
/// Rows as JSON objects, one after another into a buffer that is reused: numbers bare; NaN, infinities, decimals, dates, times and uuids as strings;
/// timestamps with 6 digits (9 for nanoseconds), in UTC with <c>+00:00</c>; fixed and binary as hex; maps as <c>[[key,value],…]</c> ordered by the keys' text;
/// variants as the JSON that they are, of types that JSON lacks the same as above, but decimals bare. One thread.
/// </summary>
public sealed partial class RowJson
{
    private const string Digits = "0123456789abcdef";

    private static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private readonly ArrayBufferWriter<byte> text = new(256);
    private RowJson? keys;

    /// <summary>What has been appended since <see cref="Clear"/>, UTF-8.</summary>
    public ReadOnlySpan<byte> Written => text.WrittenSpan;

    public void Clear() => text.ResetWrittenCount();

    /// <summary>Appends one row and a line end.</summary>
    public void AppendLine(Batch batch, Ordinal row)
    {
        Byte('{');
        for (var i = 0; i < batch.Columns.Length; i++)
        {
            if (i > 0) Byte(',');
            Name(batch.Columns[i].Field.Name);
            Value(batch.Columns[i], row.Value);
        }
        text.Write("}\n"u8);
    }

    /// <summary>Appends one value alone.</summary>
    public void AppendValue(ColumnView column, int row) => Value(column, row);

    private void Value(ColumnView column, int at)
    {
        if (column.IsNull(at))
        {
            text.Write("null"u8);
            return;
        }
        var type = column.Field.Type;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                text.Write(column.Bit(at) ? "true"u8 : "false"u8);
                break;
            case TypeKind.Int:
                Number(column.Value<int>(at));
                break;
            case TypeKind.Long:
                Number(column.Value<long>(at));
                break;
            case TypeKind.Float:
                text.Advance(FloatJson.Write(column.Value<float>(at), text.GetSpan(FloatJson.MostBytes)));
                break;
            case TypeKind.Double:
                text.Advance(FloatJson.Write(column.Value<double>(at), text.GetSpan(FloatJson.MostBytes)));
                break;
            case TypeKind.Decimal:
                Decimal(column.Value<Int128>(at), ((PrimitiveType)type).Scale);
                break;
            case TypeKind.Date:
                Byte('"');
                Date(column.Value<int>(at));
                Byte('"');
                break;
            case TypeKind.Time:
                Byte('"');
                TimeOfDay(column.Value<long>(at), 6);
                Byte('"');
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                Timestamp(column.Value<long>(at), 6, type.Kind == TypeKind.TimestampTz);
                break;
            case TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                Timestamp(column.Value<long>(at), 9, type.Kind == TypeKind.TimestampTzNs);
                break;
            case TypeKind.String:
                Byte('"');
                Escaped(column.Bytes(at));
                Byte('"');
                break;
            case TypeKind.Uuid:
                Uuid(new(column.Bytes(at), bigEndian: true));
                break;
            case TypeKind.Struct:
                Byte('{');
                for (var i = 0; i < column.Children.Count; i++)
                {
                    if (i > 0) Byte(',');
                    Name(column.Children[i].Field.Name);
                    Value(column.Children[i], at);
                }
                Byte('}');
                break;
            case TypeKind.Variant:
                Variant(column, at);
                break;
            case TypeKind.List:
                Byte('[');
                for (var i = column.Offsets[at]; i < column.Offsets[at + 1]; i++)
                {
                    if (i > column.Offsets[at]) Byte(',');
                    Value(column.Children[0], i);
                }
                Byte(']');
                break;
            case TypeKind.Map:
                Map(column.Children[0], column.Offsets[at], column.Offsets[at + 1]);
                break;
            default:
                Hex(column.Bytes(at));
                break;
        }
    }

    /// <summary>Entries in order of their keys' text, so that equal maps are equal text.</summary>
    private void Map(ColumnView entries, int from, int to)
    {
        var keys = new byte[to - from][];
        var values = new int[keys.Length];
        this.keys ??= new RowJson();
        for (var i = 0; i < keys.Length; i++)
        {
            this.keys.Clear();
            this.keys.Value(entries.Children[0], from + i);
            keys[i] = this.keys.Written.ToArray();
            values[i] = from + i;
        }
        Array.Sort(keys, values, ByBytes);
        Byte('[');
        for (var i = 0; i < keys.Length; i++)
        {
            if (i > 0) Byte(',');
            Byte('[');
            text.Write(keys[i]);
            Byte(',');
            Value(entries.Children[1], values[i]);
            Byte(']');
        }
        Byte(']');
    }

    private void Name(string name)
    {
        const int Short = 256;
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> bytes = most <= Short ? stackalloc byte[Short] : new byte[most];
        Byte('"');
        Escaped(bytes[..Encoding.UTF8.GetBytes(name, bytes)]);
        text.Write("\":"u8);
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, text.GetSpan(32), out var written);
        text.Advance(written);
    }

    /// <summary>With zeros before it, as many digits at least.</summary>
    private void Padded(long value, byte digits)
    {
        Utf8Formatter.TryFormat(value, text.GetSpan(32), out var written, new('D', digits));
        text.Advance(written);
    }

    private void Decimal(Int128 unscaled, int scale)
    {
        Byte('"');
        BareDecimal(unscaled, scale);
        Byte('"');
    }

    private void BareDecimal(Int128 unscaled, int scale)
    {
        Span<byte> digits = stackalloc byte[64];
        Int128.Abs(unscaled).TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        if (unscaled < 0) Byte('-');
        for (var power = Math.Max(count - 1, scale); power >= 0; power--)
        {
            Byte(power < count ? (char)digits[count - 1 - power] : '0');
            if (power == scale && scale > 0) Byte('.');
        }
    }

    private void Uuid(Guid value)
    {
        Byte('"');
        value.TryFormat(text.GetSpan(36), out var written);
        text.Advance(written);
        Byte('"');
    }

    private void Hex(ReadOnlySpan<byte> bytes)
    {
        var span = text.GetSpan(bytes.Length * 2 + 2);
        var at = 0;
        span[at++] = (byte)'"';
        foreach (var value in bytes)
        {
            span[at++] = (byte)Digits[value >> 4];
            span[at++] = (byte)Digits[value & 15];
        }
        span[at++] = (byte)'"';
        text.Advance(at);
    }

    /// <summary>UTF-8 as it is, but for quotes, backslashes and control characters.</summary>
    private void Escaped(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var special = text.IndexOfAny(Special);
            this.text.Write(special < 0 ? text : text[..special]);
            if (special < 0) return;
            Escape(text[special]);
            text = text[(special + 1)..];
        }
    }

    private void Escape(byte value)
    {
        var letter = value switch
        {
            (byte)'"' => '"',
            (byte)'\\' => '\\',
            8 => 'b',
            9 => 't',
            10 => 'n',
            12 => 'f',
            13 => 'r',
            _ => 'u',
        };
        Byte('\\');
        Byte(letter);
        if (letter != 'u') return;
        Utf8Formatter.TryFormat(value, text.GetSpan(4), out var written, new('X', 4));
        text.Advance(written);
    }

    private void Byte(char value)
    {
        text.GetSpan(1)[0] = (byte)value;
        text.Advance(1);
    }

    private void Date(long days)
    {
        var (year, month, day) = IsoTime.Civil(days);
        if (year is < 0 or > 9999) Byte(year < 0 ? '-' : '+');
        Padded(Math.Abs(year), 4);
        Byte('-');
        Padded(month, 2);
        Byte('-');
        Padded(day, 2);
    }

    private void Timestamp(long value, byte digits, bool isUtc)
    {
        var perDay = 86_400 * (digits == 6 ? 1_000_000L : 1_000_000_000L);
        var days = IsoTime.FloorDiv(value, perDay);
        Byte('"');
        Date(days);
        Byte('T');
        TimeOfDay(value - days * perDay, digits);
        if (isUtc) text.Write("+00:00"u8);
        Byte('"');
    }

    private void TimeOfDay(long value, byte digits)
    {
        var perSecond = digits == 6 ? 1_000_000L : 1_000_000_000L;
        var seconds = IsoTime.FloorDiv(value, perSecond);
        Padded(seconds / 3600, 2);
        Byte(':');
        Padded(seconds / 60 % 60, 2);
        Byte(':');
        Padded(seconds % 60, 2);
        Byte('.');
        Padded(value - seconds * perSecond, digits);
    }
}
