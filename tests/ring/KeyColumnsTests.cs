using System.Text;
using K2I.Base;
using K2I.Columns;

namespace K2I.Ring.Tests;

public sealed class KeyColumnsTests
{
    private static readonly StructType Kafka =
        new([new Field(11, "topic", PrimitiveType.String, true), new Field(12, "key", PrimitiveType.Binary, false)]);

    private static readonly PrimitiveType[] Types =
        [PrimitiveType.String, PrimitiveType.Int, PrimitiveType.Binary, PrimitiveType.Boolean, PrimitiveType.Double];

    private static readonly Schema Nested = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "tags", ListType.Of(3, PrimitiveType.String), false),
        new Field(10, "_kafka", Kafka, false));

    [Theory]
    [InlineData("nope", "no such column")]
    [InlineData("_kafka", "primitive")]
    [InlineData("tags", "primitive")]
    [InlineData("tags.element", "list")]
    public void WhatIsNoKeyIsRefusedByName(string path, string why)
    {
        var error = Assert.Throws<EngineException>(() => KeyColumns.Of(Nested, path));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(path, error.Message);
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void AKeyHasColumnsAndEachOnce()
    {
        Assert.Throws<EngineException>(() => KeyColumns.Of(Nested));
        Assert.Throws<EngineException>(() => KeyColumns.Of(Nested, "id", "id"));
    }

    [Fact]
    public void EveryPrimitiveTypeIsAKeyAndItsTextIsTheRowsKey()
    {
        (PrimitiveType Type, string Text, Action<ColumnBuilder> Append)[] cases =
        [
            (PrimitiveType.Boolean, "true", c => c.AppendBool(true)),
            (PrimitiveType.Boolean, "false", c => c.AppendBool(false)),
            (PrimitiveType.Int, "-7", c => c.AppendInt(-7)),
            (PrimitiveType.Long, "9223372036854775807", c => c.AppendLong(long.MaxValue)),
            (PrimitiveType.Float, "1.5", c => c.AppendFloat(1.5f)),
            (PrimitiveType.Float, "NaN", c => c.AppendFloat(BitConverter.UInt32BitsToSingle(0xFFC0_1234))),
            (PrimitiveType.Double, "-0.0", c => c.AppendDouble(0)),
            (PrimitiveType.Double, "0", c => c.AppendDouble(-0.0)),
            (PrimitiveType.Double, "NaN", c => c.AppendDouble(BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0123))),
            (PrimitiveType.Double, "-Infinity", c => c.AppendDouble(double.NegativeInfinity)),
            (PrimitiveType.Decimal(9, 2), "12.3", c => c.AppendDecimal(1230)),
            (PrimitiveType.Date, "1970-01-03", c => c.AppendInt(2)),
            (PrimitiveType.Time, "00:00:01.5", c => c.AppendLong(1_500_000)),
            (PrimitiveType.Timestamp, "1970-01-01T00:00:01", c => c.AppendLong(1_000_000)),
            (PrimitiveType.TimestampTz, "1970-01-01T00:00:01+00:00", c => c.AppendLong(1_000_000)),
            (PrimitiveType.TimestampNs, "1970-01-01T00:00:00.000000001", c => c.AppendLong(1)),
            (PrimitiveType.TimestampTzNs, "1970-01-01T00:00:00.000000001+00:00", c => c.AppendLong(1)),
            (PrimitiveType.String, "ключ \"1\"", c => c.AppendBytes("ключ \"1\""u8)),
            (PrimitiveType.String, "", c => c.AppendBytes([])),
            (PrimitiveType.Uuid, "01010101-0101-0101-0101-010101010102", c => c.AppendFixed([.. Enumerable.Repeat((byte)1, 15), 2])),
            (PrimitiveType.Fixed(3), "01ff02", c => c.AppendFixed([1, 255, 2])),
            (PrimitiveType.Binary, "order-1", c => c.AppendBytes("order-1"u8)),
            (PrimitiveType.Binary, "0x00ff", c => c.AppendBytes([0, 255])),
        ];
        Assert.Equal(Enum.GetValues<TypeKind>().Where(k => k < TypeKind.Struct), cases.Select(c => c.Type.Kind).Distinct().Order());
        foreach (var (type, text, append) in cases)
        {
            var schema = Schema.Of(new Field(1, "k", type, false));
            using var rows = BatchBuilder.ForScratch(schema, 1 << 16);
            append(rows.Column(0));
            Assert.True(rows.EndRow());
            rows.Column(0).AppendNull();
            Assert.True(rows.EndRow());
            var columns = KeyColumns.Of(schema, "k");
            Assert.True(columns.TryParse([text], out var key, out _), $"{type} {text}");
            Assert.Equal(key, Written(columns, rows.View(), 0));
            Assert.Equal(new Ordinal(0), KeyScan.FindLast(columns, rows.View(), key));
            Assert.True(columns.TryParse([null], out var none, out _));
            Assert.Equal(none, Written(columns, rows.View(), 1));
            Assert.Equal(new Ordinal(1), KeyScan.FindLast(columns, rows.View(), none));
        }
    }

    [Fact]
    public void ATextThatIsNoValueIsRefusedWithItsColumn()
    {
        (PrimitiveType Type, string Text)[] cases =
        [
            (PrimitiveType.Int, "2147483648"), (PrimitiveType.Int, "x"), (PrimitiveType.Int, ""), (PrimitiveType.Long, "1 2"),
            (PrimitiveType.Long, "{\"a\":1}"), (PrimitiveType.Boolean, "yes"), (PrimitiveType.Date, "today"), (PrimitiveType.Uuid, "12"),
            (PrimitiveType.Fixed(2), "01"), (PrimitiveType.Binary, "0x0"), (PrimitiveType.Decimal(9, 2), "1.234"),
            (PrimitiveType.String, "\uD800"),
        ];
        foreach (var (type, text) in cases)
        {
            var columns = KeyColumns.Of(Schema.Of(new Field(1, "k", type, false)), "k");
            Assert.False(columns.TryParse([text], out var key, out var flaw), $"{type} {text}");
            Assert.Empty(key);
            Assert.Contains("key column k", flaw);
        }
        Assert.False(KeyColumns.Of(Nested, "id", "_kafka.key").TryParse(["1"], out _, out var wrong));
        Assert.Contains("id, _kafka.key", wrong);
    }

    /// <summary>Rows before and after a column's type was widened, and before it was there.</summary>
    [Fact]
    public void KeysAreTheSameAcrossSchemas()
    {
        var now = Schema.Of(new Field(1, "n", PrimitiveType.Long, false), new Field(2, "d", PrimitiveType.Double, false));
        var columns = KeyColumns.Of(now, "n", "d");
        Assert.True(columns.TryParse(["-5", "0.5"], out var key, out _));
        Assert.True(columns.TryParse(["-5", null], out var older, out _));
        Assert.Equal(key, Key(Schema.Of(new Field(1, "n", PrimitiveType.Int, false), new Field(2, "d", PrimitiveType.Float, false)), r =>
        {
            r.Column(0).AppendInt(-5);
            r.Column(1).AppendFloat(0.5f);
        }));
        Assert.Equal(older, Key(Schema.Of(new Field(1, "n", PrimitiveType.Int, false)), r => r.Column(0).AppendInt(-5)));

        byte[] Key(Schema schema, Action<BatchBuilder> append)
        {
            using var rows = BatchBuilder.ForScratch(schema, 1 << 16);
            append(rows);
            Assert.True(rows.EndRow());
            return Written(columns, rows.View(), 0);
        }
    }

    [Fact]
    public void ANestedKeyIsNullWhereItsStructIs()
    {
        using var rows = BatchBuilder.ForScratch(Nested, 1 << 16);
        for (var i = 0; i < 3; i++)
        {
            rows.Column(0).AppendLong(i);
            rows.Column(1).EndList();
            if (i == 0) rows.Column(2).AppendNull();
            else
            {
                rows.Column(2).Child(0).AppendBytes("t"u8);
                rows.Column(2).Child(1).AppendBytes(Encoding.UTF8.GetBytes("key" + i));
                rows.Column(2).EndStruct();
            }
            Assert.True(rows.EndRow());
        }
        var columns = KeyColumns.Of(Nested, "_kafka.key");
        for (var i = 0; i < 3; i++)
        {
            Assert.True(columns.TryParse([i == 0 ? null : "key" + i], out var key, out _));
            Assert.Equal(key, Written(columns, rows.View(), i));
        }
    }

    /// <summary>Random schemas and few different values, so that rows with one key and keys that nearly are one are common.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void NoTwoKeysShareBytesAndEqualKeysDo(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var count = random.Next(1, 5);
            var fields = Enumerable.Range(1, count).Select(i => new Field(i, "c" + i, Types[random.Next(Types.Length)], false));
            var schema = Schema.Of([.. fields]);
            var columns = KeyColumns.Of(schema, [.. schema.Fields.Select(f => f.Name)]);
            using var rows = BatchBuilder.ForScratch(schema, 1 << 20);
            List<string> model = [];
            for (var r = 0; r < 200; r++)
            {
                var row = new StringBuilder();
                for (var c = 0; c < count; c++) row.Append(Append(rows.Column(c), random)).Append('|');
                Assert.True(rows.EndRow());
                model.Add(row.ToString());
            }
            var batch = rows.View();
            var keys = model.Select((_, r) => Convert.ToHexString(Written(columns, batch, r))).ToArray();
            Assert.Equal(model.Distinct().Count(), keys.Distinct().Count());
            Assert.Equal(model.Distinct().Count(), model.Zip(keys).Distinct().Count());
            var (reader, room) = (columns.Read(batch), new byte[1]);
            for (var r = 0; r < model.Count; r++)
            {
                var other = random.Next(model.Count);
                Assert.Equal(model[r] == model[other], reader.IsSame(r, reader, other));
                Assert.Equal(model[r] == model[other], reader.Is(r, Written(columns, batch, other)));
                Assert.Equal(KeyReader.HashOf(Convert.FromHexString(keys[r]), count, 5), reader.Hash(r, 5, ref room));
                Assert.Equal(new Ordinal(model.LastIndexOf(model[r])), KeyScan.FindLast(columns, batch, Convert.FromHexString(keys[r])));
            }
        }
    }

    /// <summary>Appends a value and says which: the same text for values that are the same key.</summary>
    private static string Append(ColumnBuilder column, Random random)
    {
        if (random.Next(8) == 0)
        {
            column.AppendNull();
            return "null";
        }
        var value = random.Next(4);
        switch (column.Field.Type.Kind)
        {
            case TypeKind.Int:
                column.AppendInt(value - 1);
                break;
            case TypeKind.Boolean:
                column.AppendBool(value > 1);
                return (value > 1).ToString();
            case TypeKind.Double:
                double[] values = [0.0, -0.0, 1, double.NaN];
                column.AppendDouble(values[value]);
                return (values[value] + 0.0).ToString();
            default:
                // Values that run into what lengths look like.
                byte[] bytes = [.. Enumerable.Repeat((byte)(value / 2), value * 5)];
                column.AppendBytes(bytes);
                return Convert.ToHexString(bytes);
        }
        return value.ToString();
    }

    private static byte[] Written(KeyColumns columns, Batch batch, int ordinal)
    {
        byte[] room = [];
        return columns.Read(batch).Write(ordinal, ref room).ToArray();
    }
}
