using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Parquet.Tests;

/// <summary>Random schemas, and batches of random rows with each row's JSON as the judges print it. All from one seed.</summary>
internal sealed class RandomTable(int seed)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Random random = new(seed);
    private int lastId;

    /// <summary>Chance in percent that an optional value is null.</summary>
    internal int NullPercent { get; set; } = 20;

    /// <summary>Values come from a small set.</summary>
    internal bool Repeating { get; set; }

    /// <summary>What leaf columns are chosen from: all that a reader can represent.</summary>
    internal IReadOnlyList<PrimitiveType> Types { get; set; } = [.. AllTypes];

    internal static IEnumerable<PrimitiveType> AllTypes =>
    [
        PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Float, PrimitiveType.Double, PrimitiveType.Date, PrimitiveType.Time,
        PrimitiveType.Timestamp, PrimitiveType.TimestampTz, PrimitiveType.TimestampNs, PrimitiveType.String, PrimitiveType.Uuid, PrimitiveType.Binary,
        PrimitiveType.Fixed(1), PrimitiveType.Fixed(7), PrimitiveType.Fixed(33), PrimitiveType.Decimal(1, 0), PrimitiveType.Decimal(9, 2), PrimitiveType.Decimal(10, 10),
        PrimitiveType.Decimal(18, 3), PrimitiveType.Decimal(19, 0), PrimitiveType.Decimal(27, 5), PrimitiveType.Decimal(38, 38), PrimitiveType.Decimal(38, 0),
    ];

    internal Schema FlatSchema() => Schema.Of([.. Types.SelectMany(t => new[] { Named(t, false), Named(t, true) })]);

    internal Schema NestedSchema(int fields, int depth) => Schema.Of([.. Enumerable.Range(0, fields).Select(_ => Named(RandomType(depth), random.Next(3) == 0))]);

    internal Batch Fill(BatchBuilder builder, int rows, List<string> json)
    {
        for (var i = 0; i < rows; i++)
        {
            var text = new StringBuilder("{");
            for (var c = 0; c < builder.ColumnCount; c++)
            {
                var field = builder.Schema.Fields[c];
                text.Append(c == 0 ? "" : ",").Append(Quote(field.Name)).Append(':');
                Append(builder.Column(c), field, text);
            }
            Assert.True(builder.EndRow());
            json.Add(text.Append('}').ToString());
        }
        return builder.View();
    }

    private Field Named(DataType type, bool required) => new(++lastId, $"f{lastId}", type, required);

    private DataType RandomType(int depth)
    {
        var kind = depth == 0 ? 0 : random.Next(6);
        switch (kind)
        {
            case 1 or 2:
                return new StructType([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Named(RandomType(depth - 1), random.Next(3) == 0))]);
            case 3 or 4:
                return ListType.Of(++lastId, RandomType(depth - 1), random.Next(3) == 0);
            case 5:
                var key = random.Next(2) == 0 ? PrimitiveType.String : PrimitiveType.Long;
                return MapType.Of(++lastId, key, ++lastId, RandomType(depth - 1), random.Next(3) == 0);
            default:
                return Types[random.Next(Types.Count)];
        }
    }

    private void Append(ColumnBuilder column, Field field, StringBuilder text)
    {
        if (!field.Required && random.Next(100) < NullPercent)
        {
            column.AppendNull();
            text.Append("null");
            return;
        }
        switch (field.Type)
        {
            case StructType s:
                text.Append('{');
                for (var i = 0; i < s.Fields.Length; i++)
                {
                    text.Append(i == 0 ? "" : ",").Append(Quote(s.Fields[i].Name)).Append(':');
                    Append(column.Child(i), s.Fields[i], text);
                }
                text.Append('}');
                column.EndStruct();
                break;
            case ListType l:
                text.Append('[');
                var count = Count();
                for (var i = 0; i < count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Append(column.Child(0), l.Element, text);
                }
                text.Append(']');
                column.EndList();
                break;
            case MapType m:
                AppendMap(column, m, text);
                break;
            default:
                AppendPrimitive(column, (PrimitiveType)field.Type, text);
                break;
        }
    }

    private int Count() => random.Next(4) == 0 ? 0 : random.Next(50) == 0 ? random.Next(200) : random.Next(5);

    private void AppendMap(ColumnBuilder column, MapType map, StringBuilder text)
    {
        var entries = column.Child(0);
        text.Append('[');
        // Keys ascend, as the judges order them.
        var count = Count();
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "[" : ",[");
            if (map.Key.Type.Kind == TypeKind.Long)
            {
                entries.Child(0).AppendLong(i * 1000L);
                text.Append(i * 1000L);
            }
            else
            {
                var key = $"k{i:D4}é";
                entries.Child(0).AppendBytes(Encoding.UTF8.GetBytes(key));
                text.Append(Quote(key));
            }
            text.Append(',');
            Append(entries.Child(1), map.Value, text);
            text.Append(']');
            entries.EndStruct();
        }
        text.Append(']');
        column.EndList();
    }

    private void AppendPrimitive(ColumnBuilder column, PrimitiveType type, StringBuilder text)
    {
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                var flag = random.Next(2) == 0;
                column.AppendBool(flag);
                text.Append(flag ? "true" : "false");
                break;
            case TypeKind.Int:
                var i32 = (int)Number(int.MinValue, int.MaxValue);
                column.AppendInt(i32);
                text.Append(i32);
                break;
            case TypeKind.Long:
                var i64 = Number(long.MinValue, long.MaxValue);
                column.AppendLong(i64);
                text.Append(i64);
                break;
            case TypeKind.Float:
                var f32 = (float)Real(float.MaxValue, float.Epsilon);
                column.AppendFloat(f32);
                text.Append(RealText(f32));
                break;
            case TypeKind.Double:
                var f64 = Real(double.MaxValue, double.Epsilon);
                column.AppendDouble(f64);
                text.Append(RealText(f64));
                break;
            case TypeKind.Date:
                var days = (int)Number(-719162, 2932896);
                column.AppendInt(days);
                text.Append(Quote(DateOnly.FromDayNumber(days + 719162).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
                break;
            case TypeKind.Time:
                var time = Number(0, 86_399_999_999);
                column.AppendLong(time);
                text.Append(Quote(new TimeOnly(time * 10).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)));
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                var micros = Number(-62135596800_000_000, 253402300799_999_999);
                column.AppendLong(micros);
                text.Append(Quote(DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + (type.Kind == TypeKind.TimestampTz ? "+00:00" : "")));
                break;
            case TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                var nanos = Number(-9223286400_000000000, 9223286400_000000000);
                column.AppendLong(nanos);
                var hundreds = Math.DivRem(nanos, 100, out var rest);
                if (rest < 0)
                {
                    hundreds--;
                    rest += 100;
                }
                text.Append(Quote($"{DateTime.UnixEpoch.AddTicks(hundreds):yyyy-MM-ddTHH:mm:ss.fffffff}{rest:D2}{(type.Kind == TypeKind.TimestampTzNs ? "+00:00" : "")}"));
                break;
            case TypeKind.String:
                var value = Text();
                column.AppendBytes(Encoding.UTF8.GetBytes(value));
                text.Append(Quote(value));
                break;
            case TypeKind.Binary:
                var bytes = RandomBytes(Length());
                column.AppendBytes(bytes);
                text.Append(Quote(Convert.ToHexStringLower(bytes)));
                break;
            case TypeKind.Fixed:
                var fix = RandomBytes(type.Length);
                column.AppendFixed(fix);
                text.Append(Quote(Convert.ToHexStringLower(fix)));
                break;
            case TypeKind.Uuid:
                var uuid = RandomBytes(16);
                column.AppendFixed(uuid);
                text.Append(Quote(new Guid(uuid, bigEndian: true).ToString()));
                break;
            case TypeKind.Decimal:
                var unscaled = Unscaled(type.Precision);
                column.AppendDecimal(unscaled);
                text.Append(Quote(DecimalText(unscaled, type.Scale)));
                break;
            default:
                throw new InvalidOperationException(type.ToString());
        }
    }

    private long Number(long min, long max)
    {
        if (Repeating) return Math.Clamp(random.Next(10), min, max);
        return random.Next(10) switch
        {
            0 => min,
            1 => max,
            2 => Math.Clamp(random.Next(-3, 4), min, max),
            3 => Math.Clamp(random.Next(-100_000, 100_000), min, max),
            _ => random.NextInt64(min, max),
        };
    }

    private double Real(double max, double least)
    {
        if (Repeating) return random.Next(10) * 0.5;
        return random.Next(12) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => double.NegativeInfinity,
            3 => -0.0,
            4 => 0.0,
            5 => max,
            6 => least,
            _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
        };
    }

    private static string RealText(double value) => double.IsNaN(value) ? "\"NaN\""
        : double.IsPositiveInfinity(value) ? "\"Infinity\""
        : double.IsNegativeInfinity(value) ? "\"-Infinity\""
        : value == 0 ? double.IsNegative(value) ? "-0.0" : "0"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private string Text()
    {
        if (Repeating) return $"value {random.Next(10)}";
        if (random.Next(10) == 0) return "";
        var text = new StringBuilder();
        for (var left = Length(); left > 0; left--)
        {
            text.Append(random.Next(8) switch
            {
                0 => "é",
                1 => "漢",
                2 => "😀",
                3 => "\"\\\n",
                _ => ((char)random.Next(' ', '~')).ToString(),
            });
        }
        return text.ToString();
    }

    private int Length() => random.Next(200) == 0 ? random.Next(5000) : random.Next(30);

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        if (Repeating) Array.Fill(bytes, (byte)random.Next(3));
        else random.NextBytes(bytes);
        return bytes;
    }

    private Int128 Unscaled(int precision)
    {
        var limit = Int128.One;
        for (var i = 0; i < precision; i++) limit *= 10;
        if (Repeating) return random.Next(10);
        var any = new Int128((ulong)random.NextInt64(), (ulong)random.NextInt64()) % limit;
        return random.Next(6) switch
        {
            0 => limit - 1,
            1 => 1 - limit,
            2 => 0,
            3 => -1,
            4 => -any,
            _ => any,
        };
    }

    private static string DecimalText(Int128 unscaled, int scale)
    {
        var digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return unscaled < 0 ? "-" + text : text;
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);
}
