using System.Security.Cryptography;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>What becomes of fields on their way to columns, in every format.</summary>
public sealed class Transforms
{
    private const string Key = "a key of sixteen";

    private static readonly TransformTexts Person = new()
    {
        Flatten = "user, user.home",
        Rename = "ts: at, user.mail: email",
        Drop = "debug, user.secret",
        Mask = "user.mail: hash, user.phone: null",
        MaskKey = Key,
        Cast = "n: string",
    };

    [Fact]
    public void JsonRowsTakeTheTablesShape()
    {
        using var rows = new Shaped(
            "at: timestamptz, user_name: string, email: string, user_phone: string, user_home_city: string, n: string",
            Person);
        Assert.Equal("1000|Ann|" + Hash("a@b") + "|null|Rome|5", rows.Add(
            """{"ts":1,"debug":{"x":1},"user":{"mail":"a@b","secret":7,"home":{"city":"Rome"},"phone":"1","name":"Ann"},"n":5}"""));
        // The same, in another order, and with what is null.
        Assert.Equal("2000|null|null|null|null|x\"", rows.Add("""{"n":"x\"","user":null,"ts":2}"""));
        Assert.Equal("null|Bob|" + Hash("7") + "|null|null|null", rows.Add("""{"user":{"name":"Bob","home":null,"mail":7}}"""));
        Assert.Equal("null|null|null|null|null|null", rows.Add("{}"));
        Assert.Equal(nameof(DecodeStatus.DuplicateKey), rows.Add("""{"user":{"name":"Bob"},"user":{"name":"Eve"}}"""));
        Assert.Equal(nameof(DecodeStatus.DuplicateKey), rows.Add("""{"user":{"mail":"a","mail":"b"}}"""));
        Assert.Equal("null|Eve|null|null|null|null", rows.Add("""{"user":{"name":"Eve"}}"""));
        // A name by which no record calls it.
        Assert.Equal(1, rows.Ignored("""{"email":"x"}"""));
        Assert.Equal(0, rows.Ignored("""{"debug":"x","user":{"secret":1}}"""));
        Assert.Equal(7, rows.Rows);
    }

    [Fact]
    public void ColumnsAreInferredInTheirShape()
    {
        var transforms = Parse(Person);
        var inference = new SchemaInference(new() { Dropped = [.. transforms.Drops] });
        Assert.True(inference.Add("""{"ts":1,"debug":1,"user":{"mail":1,"name":"A","secret":1,"home":{"city":"R"}},"n":1}"""u8));
        Assert.Equal("at: long, email: string, user_name: string, user_home_city: string, n: string",
            ColumnText.Format(inference.Result(null, transforms).Schema.Fields));
    }

    [Fact]
    public void NewFieldsBringColumnsInTheirShape()
    {
        using var rows = new Shaped("user_name: string", Person, UnknownFields.Evolve);
        Assert.Equal(nameof(DecodeStatus.NewField), rows.Add("""{"user":{"age":1,"mail":"x"},"ts":5,"n":1,"debug":1}"""));
        Assert.Equal("+user_age long, +email string, +at long, +n string",
            rows.Changes("""{"user":{"age":1,"mail":"x","secret":1},"ts":5,"n":1,"debug":1}"""));
        // Nothing but what never becomes a column.
        Assert.Equal("Ann", rows.Add("""{"user":{"name":"Ann","secret":1},"debug":true}"""));
        // A field beside the struct, with the name of a column that is of it.
        Assert.Equal(nameof(DecodeStatus.UnknownField), rows.Add("""{"user_name":"Ann"}"""));
        using var bare = new Shaped("a: long", Person, UnknownFields.Evolve);
        Assert.Equal("1", bare.Add("""{"a":1,"user":{"secret":1}}"""));
    }

    [Fact]
    public void WithinStructsNamesMasksAndDropsCountToo()
    {
        var texts = new TransformTexts { Rename = "u.a: b", Drop = "u.d", Mask = "u.m: hash", MaskKey = Key };
        using var rows = new Shaped("u: struct<m: string, b: long, d: long>, l: list<long>", texts);
        Assert.Equal("{m=" + Hash("x") + ",b=1,d=null}|[1]", rows.Add("""{"u":{"a":1,"d":5,"m":"x"},"l":[1]}"""));
        Assert.Equal("null|null", rows.Add("""{"u":null}"""));
        Assert.Equal("null|null", rows.Add("{}"));
        Assert.Equal("{m=null,b=null,d=null}|null", rows.Add("""{"u":{"b":3}}"""));
    }

    [Fact]
    public void AvroRowsTakeTheTablesShape()
    {
        const string schema = """
            {"type":"record","name":"R","fields":[
              {"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},
              {"name":"debug","type":{"type":"array","items":"int"}},
              {"name":"user","type":["null",{"type":"record","name":"U","fields":[
                {"name":"mail","type":"string"},{"name":"secret","type":"int"},{"name":"phone","type":"long"},
                {"name":"home","type":{"type":"record","name":"H","fields":[{"name":"city","type":"string"}]}}]}]},
              {"name":"n","type":"long"}]}
            """;
        using var rows = new AvroRows(schema, new PlanOptions { Transforms = Parse(Person) });
        Assert.Equal("at: timestamptz!, email: string, user_phone: long, user_home_city: string, n: string!",
            ColumnText.Format(rows.Table.Fields));
        var ann = "02" + "020200" + "02" + "06614062" + "0e" + "02" + "08526f6d65" + "0a";
        Assert.Equal("{at=1000,email=" + Hex(Hash("a@b")) + ",n=" + Hex("5") + ",user_home_city=" + Hex("Rome") + "}", rows.Decode(1, ann));
        Assert.Equal("{at=1000,n=" + Hex("-3") + "}", rows.Decode(1, "02" + "00" + "00" + "05"));
    }

    [Fact]
    public void ASchemaThatGrowsBringsColumnsInTheirShape()
    {
        const string before = """
            {"type":"record","name":"R","fields":[{"name":"u","type":{"type":"record","name":"U","fields":[{"name":"a","type":"int"}]}}]}
            """;
        const string after = """
            {"type":"record","name":"R","fields":[{"name":"u","type":["null",{"type":"record","name":"U","fields":[
              {"name":"b","type":"int"},{"name":"a","type":"long"},{"name":"m","type":"int"}]}]}]}
            """;
        using var rows = new AvroRows(before,
            new PlanOptions { Transforms = Parse(new() { Flatten = "u", Mask = "u.m: hash", MaskKey = Key }) });
        Assert.Equal("u_a: int!", ColumnText.Format(rows.Table.Fields));
        Assert.Equal("{u_a=1}", rows.Decode(1, "02"));
        rows.Add(2, after);
        Assert.Equal("{u_a=2,u_b=3,u_m=" + Hex(Hash("4")) + "}", rows.DecodeEvolving(2, Convert.FromHexString("02060408")));
        Assert.Equal(["+u_b int", "+u_m string", "u_a long", "u_a?"], rows.Changes.Order(StringComparer.Ordinal));
        Assert.Equal("{}", rows.DecodeEvolving(2, Convert.FromHexString("00")));
        Assert.Equal("{u_a=1}", rows.Decode(1, "02"));
    }

    [Theory]
    [InlineData("\"string\"", "long", "0431 32", "12")]
    [InlineData("\"string\"", "boolean", "08 74727565", "true")]
    [InlineData("\"double\"", "string", "0000000000 00f83f", "312e35")]
    [InlineData("\"long\"", "int", "0a", "5")]
    [InlineData("\"boolean\"", "string", "01", "74727565")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}""", "string", "02ff", "2d302e3031")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}""", "decimal(12, 4)", "027b", "12300")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "string", "02", "313937302d30312d3032")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", "string", "01",
        "313936392d31322d33315432333a35393a35392e3939393939395a")]
    [InlineData("\"bytes\"", "string", "0401ff", "4166383d")]
    public void ACastReadsValuesAsJsonDoes(string type, string into, string hex, string expected)
    {
        using var rows = new AvroRows($$"""{"type":"record","name":"R","fields":[{"name":"a","type":{{type}}}]}""",
            new PlanOptions { Transforms = Parse(new() { Cast = $"a: {into}" }) });
        Assert.Equal($"{{a={expected}}}", rows.Decode(1, hex.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void WhatDoesNotGoIntoACastColumnIsRefusedByItsName()
    {
        using var rows = new AvroRows("""{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"string"}]}""",
            new PlanOptions { Transforms = Parse(new() { Cast = "a: long, b: string" }) });
        Assert.Equal(nameof(DecodeStatus.InvalidValue), rows.Decode(1, "020278"));
        Assert.StartsWith("a: ", rows.Decoder.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("{a=7,b=31}", rows.Decode(1, "020237"));
    }

    [Fact]
    public void ProtobufRowsTakeTheTablesShapeHoweverTheyAreScattered()
    {
        var texts = new TransformTexts { Flatten = "u", Mask = "u.m: hash", MaskKey = Key, Drop = "x", Cast = "n: string" };
        using var rows = ProtobufRows.Of("U u = 1; int32 n = 2; string x = 3; message U { string m = 1; int32 k = 2; }",
            options: new() { MetadataColumn = null, Transforms = Parse(texts) });
        Assert.Equal("u_m: string, u_k: int, n: string", ColumnText.Format(rows.Schema.Fields));
        Assert.Equal(Hash("a") + "|4|9", rows.Add(new Wire().Text(3, "no").Message(1, new Wire().Text(1, "a").Varint(2, 4)).Varint(2, 9)));
        // A message in two parts, and a field twice.
        Assert.Equal(Hash("b") + "|5|8", rows.Add(new Wire().Message(1, new Wire().Text(1, "a").Varint(2, 5)).Varint(2, 9)
            .Message(1, new Wire().Text(1, "b")).Varint(2, 8)));
        Assert.Equal("null|null|0", rows.Add(new Wire()));
    }

    [Theory]
    [InlineData("mask = m.secret: hash", "m: map<string, string>")]
    [InlineData("drop = m.secret", "m: string")]
    [InlineData("mask = l.element.a: hash", "l: list<struct<a: string>>")]
    [InlineData("drop = l.a", "l: list<struct<a: string>>")]
    public void WhatIsToBeHiddenIsNotKeptAsPartOfAnother(string text, string columns)
    {
        var (key, value) = (text[..4], text[7..]);
        var transforms = Parse(key == "mask" ? new() { Mask = value, MaskKey = Key } : new TransformTexts { Drop = value });
        var error = Assert.Throws<EngineException>(() =>
            new ShapedDecoder(FieldIds.NewSchema(ColumnText.Parse(columns)), new(), transforms));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
    }

    [Fact]
    public void TwoFieldsOfOneColumnAreNamed()
    {
        const string schema = """
            {"type":"record","name":"R","fields":[{"name":"u","type":{"type":"record","name":"U","fields":[{"name":"a","type":"int"}]}},
              {"name":"u_a","type":"int"}]}
            """;
        using var rows = new AvroRows(schema, FieldIds.NewSchema(ColumnText.Parse("u_a: int")),
            new() { Transforms = Parse(new() { Flatten = "u" }) });
        Assert.Equal(nameof(DecodeStatus.UnusableSchema), rows.Decode(1, "0202"));
        Assert.Contains("u.a and u_a", rows.Decoder.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AllThatIsWrongIsToldAtOnce()
    {
        List<TransformFlaw> flaws = [];
        _ = ColumnTransforms.Parse(new()
        {
            Rename = "a: x, b: x, c",
            Drop = "d, , e",
            Cast = "f: list<int>, g: nothing, h: long",
            Flatten = "i.j",
            Mask = "h: hash, k: sha",
        }, true, flaws);
        Assert.Equal(["cast 3", "cast 17", "drop 3", "flatten 0", "mask 0", "mask 12", "rename 6", "rename 13"],
            flaws.OrderBy(f => f.Key, StringComparer.Ordinal).ThenBy(f => f.At).Select(f => $"{f.Key} {f.At}"));
        flaws.Clear();
        _ = ColumnTransforms.Parse(new() { Mask = "m: hash", MaskKey = "short" }, true, flaws);
        Assert.Contains("mask_key", Assert.Single(flaws).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsInShapeAllocateNothing()
    {
        using var rows = new Shaped("at: timestamptz, user_name: string, email: string, n: string", Person);
        var record = """{"ts":1,"user":{"mail":"a@b","name":"Ann"},"n":5}"""u8.ToArray();
        for (var i = 0; i < 100; i++) rows.Take(record);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) rows.Take(record);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(KeyForm.String, "6162", "ab|1")]
    [InlineData(KeyForm.String, "ff", nameof(DecodeStatus.InvalidUtf8))]
    [InlineData(KeyForm.Bytes, "ff", "ff|1")]
    [InlineData(KeyForm.Int, "ffffffff", "-1|1")]
    [InlineData(KeyForm.Int, "ffff", nameof(DecodeStatus.Malformed))]
    [InlineData(KeyForm.Long, "0000000000000102", "258|1")]
    [InlineData(KeyForm.Long, null, "null|1")]
    public void KeysHaveAColumn(KeyForm form, string? key, string expected)
    {
        var schema = FieldIds.NewSchema([KeyedDecoder.Field(form)!, .. ColumnText.Parse("at: long")]);
        var transforms = Parse(new() { Rename = "ts: at" }).Without(KeyedDecoder.Name);
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 16);
        var decoder = KeyedDecoder.Of(schema, form, s => new ShapedDecoder(s, new() { Dropped = [.. transforms.Drops] }, transforms));
        var record = new RecordInput("{\"ts\":1,\"key\":{}}"u8) { Key = Convert.FromHexString(key ?? ""), KeyIsNull = key is null };
        var status = decoder.Decode(in record, batch);
        var row = status == DecodeStatus.Ok && batch.EndRow()
            ? string.Join("|", batch.View().Columns.Select(c => Decode.Tests.Rows.Show(c, 0))) : "";
        Assert.Equal(expected, row.Length > 0 ? row : status.ToString());
        Assert.Equal(0, decoder.IgnoredFields);
    }

    private static ColumnTransforms Parse(TransformTexts texts)
    {
        List<TransformFlaw> flaws = [];
        var transforms = ColumnTransforms.Parse(texts, true, flaws);
        Assert.Empty(flaws);
        return transforms;
    }

    private static string Hash(string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(value)));

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    /// <summary>A table of JSON records.</summary>
    private sealed class Shaped : IDisposable
    {
        private readonly ShapedDecoder decoder;
        private readonly BatchBuilder batch;

        internal Shaped(string columns, TransformTexts texts, UnknownFields unknown = UnknownFields.Ignore)
        {
            var (schema, transforms) = (FieldIds.NewSchema(ColumnText.Parse(columns)), Parse(texts));
            decoder = new(schema, new() { UnknownFields = unknown, Dropped = [.. transforms.Drops] }, transforms);
            batch = new(schema, MemoryTag.Scratch, 1 << 20);
        }

        internal int Rows => batch.Rows;

        public void Dispose() => batch.Dispose();

        internal string Add(string json)
        {
            var status = decoder.Decode(new RecordInput(Encoding.UTF8.GetBytes(json)), batch);
            if (status == DecodeStatus.Ok && batch.EndRow())
                return string.Join("|", batch.View().Columns.Select(c => Decode.Tests.Rows.Show(c, batch.Rows - 1)));
            batch.AbandonRow();
            return status.ToString();
        }

        internal int Ignored(string json)
        {
            Add(json);
            return decoder.IgnoredFields;
        }

        internal void Take(byte[] json)
        {
            if (decoder.Decode(new RecordInput(json), batch) != DecodeStatus.Ok || !batch.EndRow()) throw new InvalidOperationException();
        }

        internal string Changes(string json) => string.Join(", ", decoder.Changes([Encoding.UTF8.GetBytes(json)]).Cast<NewField>()
            .Select(f => $"+{f.Path} {f.Field.Type}"));
    }
}
