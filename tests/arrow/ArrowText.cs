using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;
using K2I.Columns;
using Field = K2I.Columns.Field;
using Schema = K2I.Columns.Schema;

namespace K2I.Arrow.Tests;

/// <summary>
/// Rows of Apache Arrow's arrays as JSON in the format of the judges (tests/readers/format.mjs), told by Arrow's types alone but for which
/// 16 bytes are a uuid.
/// </summary>
internal static class ArrowText
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static IEnumerable<string> Rows(RecordBatch batch, IReadOnlyList<Field> fields)
    {
        for (var row = 0; row < batch.Length; row++)
        {
            var text = new StringBuilder();
            AppendFields(text, [.. batch.Arrays], fields, row);
            yield return text.ToString();
        }
    }

    private static void AppendFields(StringBuilder text, IReadOnlyList<IArrowArray> arrays, IReadOnlyList<Field> fields, int at)
    {
        text.Append('{');
        for (var i = 0; i < arrays.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Quote(fields[i].Name)).Append(':');
            Append(text, arrays[i], fields[i], at);
        }
        text.Append('}');
    }

    private static void Append(StringBuilder text, IArrowArray array, Field field, int at)
    {
        if (array.IsNull(at))
        {
            text.Append("null");
            return;
        }
        switch (array)
        {
            case StructArray s:
                AppendFields(text, s.Fields, Schema.ChildrenOf(field.Type), at);
                break;
            case MapArray map:
                AppendRange(text, map, at, k =>
                {
                    text.Append('[');
                    Append(text, map.Keys, ((Columns.MapType)field.Type).Key, k);
                    text.Append(',');
                    Append(text, map.Values, ((Columns.MapType)field.Type).Value, k);
                    text.Append(']');
                });
                break;
            case ListArray list:
                AppendRange(text, list, at, k => Append(text, list.Values, ((Columns.ListType)field.Type).Element, k));
                break;
            default:
                text.Append(ValueOf(array, field, at));
                break;
        }
    }

    private static void AppendRange(StringBuilder text, ListArray list, int at, Action<int> append)
    {
        text.Append('[');
        for (var k = list.ValueOffsets[at]; k < list.ValueOffsets[at + 1]; k++)
        {
            if (k > list.ValueOffsets[at]) text.Append(',');
            append(k);
        }
        text.Append(']');
    }

    private static string ValueOf(IArrowArray array, Field field, int at) => array switch
    {
        BooleanArray b => b.GetValue(at) == true ? "true" : "false",
        Date32Array d => Quote(DateOnly.FromDayNumber(d.Values[at] + 719162).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        Time64Array t when ((Time64Type)t.Data.DataType).Unit == TimeUnit.Microsecond =>
            Quote(new TimeOnly(t.Values[at] * 10).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)),
        TimestampArray t => Quote(Timestamp(t.Values[at], (TimestampType)t.Data.DataType)),
        Int32Array i => i.Values[at].ToString(CultureInfo.InvariantCulture),
        Int64Array i => i.Values[at].ToString(CultureInfo.InvariantCulture),
        FloatArray f => Real(f.Values[at]),
        DoubleArray d => Real(d.Values[at]),
        Decimal128Array d => Quote(Decimal(BitConverter.ToInt128(d.GetBytes(at)), ((Decimal128Type)d.Data.DataType).Scale)),
        FixedSizeBinaryArray f when field.Type.Kind == TypeKind.Uuid => Quote(new Guid(f.GetBytes(at), bigEndian: true).ToString()),
        FixedSizeBinaryArray f => Quote(Convert.ToHexStringLower(f.GetBytes(at))),
        StringArray s => Quote(Encoding.UTF8.GetString(s.GetBytes(at))),
        BinaryArray b => Quote(Convert.ToHexStringLower(b.GetBytes(at))),
        _ => throw new InvalidOperationException($"{field.Name} is {array.Data.DataType.Name}"),
    };

    private static string Timestamp(long value, TimestampType type)
    {
        var nanos = type.Unit == TimeUnit.Nanosecond;
        var hundreds = nanos ? (value - ((value % 100) + 100) % 100) / 100 : value * 10;
        var format = nanos ? "yyyy-MM-ddTHH:mm:ss.fffffff" : "yyyy-MM-ddTHH:mm:ss.ffffff";
        var text = DateTime.UnixEpoch.AddTicks(hundreds).ToString(format, CultureInfo.InvariantCulture);
        return $"{text}{(nanos ? $"{((value % 100) + 100) % 100:D2}" : "")}{(type.Timezone is null ? "" : "+00:00")}";
    }

    private static string Real(double value) => double.IsNaN(value) ? "\"NaN\""
        : double.IsInfinity(value) ? value > 0 ? "\"Infinity\"" : "\"-Infinity\""
        : value == 0 ? double.IsNegative(value) ? "-0.0" : "0"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Decimal(Int128 unscaled, int scale)
    {
        var digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);
}
