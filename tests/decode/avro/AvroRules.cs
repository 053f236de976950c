using System.Collections.Immutable;
using System.Text;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>What becomes of records of Avro, case by case.</summary>
public sealed class AvroRules
{
    private const string One = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";

    [Theory]
    [InlineData("\"int\"", "a: int!")]
    [InlineData("[\"null\",\"int\"]", "a: int")]
    [InlineData("[\"int\",\"null\"]", "a: int")]
    [InlineData("[\"int\"]", "a: int!")]
    [InlineData("[\"int\",\"string\"]", "a: struct<int: int, string: string>!")]
    [InlineData("""["null",{"type":"record","name":"x.P","fields":[{"name":"b","type":"long"}]},"bytes"]""",
        "a: struct<P: struct<b: long!>, bytes: binary>")]
    [InlineData("""{"type":"array","items":["null","long"]}""", "a: list<long>!")]
    [InlineData("""{"type":"map","values":"double"}""", "a: map<string, double!>!")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "a: string!")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}""", "a: decimal(10,2)!")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":39,"scale":2}""", "a: binary!")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}""", "a: binary!")]
    [InlineData("""{"type":"fixed","name":"F","size":12,"logicalType":"duration"}""", "a: fixed[12]!")]
    [InlineData("""{"type":"fixed","name":"F","size":16,"logicalType":"uuid"}""", "a: uuid!")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "a: timestamptz!")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros","adjust-to-utc":false}""", "a: timestamp!")]
    [InlineData("""{"type":"long","logicalType":"local-timestamp-nanos"}""", "a: timestamp!")]
    [InlineData("""{"type":"int","logicalType":"timestamp-millis"}""", "a: int!")]
    public void EveryTypeHasItsColumn(string type, string columns)
    {
        using var rows =
            new AvroRows($$"""{"type":"record","name":"R","fields":[{"name":"a","type":{{type}}},{"name":"n","type":"null"}]}""");
        Assert.Equal(columns, ColumnText.Format(rows.Table.Fields));
    }

    [Fact]
    public void NanosecondsAreKeptWhereTheTableHasThem()
    {
        const string schema =
            """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"long","logicalType":"timestamp-nanos"}}]}""";
        using var fine = new AvroRows(schema, new PlanOptions { HasNanoseconds = true });
        Assert.Equal("a: timestamptz_ns!", ColumnText.Format(fine.Table.Fields));
        Assert.Equal("{a=-1}", fine.Decode(1, "01"));
        using var coarse = new AvroRows(schema);
        Assert.Equal("{a=-1}", coarse.Decode(1, "01"));
        Assert.Equal("{a=0}", coarse.Decode(1, "00"));
    }

    [Theory]
    [InlineData("\"int\"", "8080808010", "Malformed")]
    [InlineData("\"int\"", "", "Malformed")]
    [InlineData("\"int\"", "0202", "Malformed")]
    [InlineData("\"long\"", "ffffffffffffffffff01", "{a=-9223372036854775808}")]
    [InlineData("\"long\"", "ffffffffffffffffff03", "Malformed")]
    [InlineData("\"long\"", "80808080808080808080", "Malformed")]
    [InlineData("\"boolean\"", "02", "Malformed")]
    [InlineData("\"string\"", "02ff", "InvalidUtf8")]
    [InlineData("\"string\"", "04ff", "Malformed")]
    [InlineData("\"string\"", "01", "Malformed")]
    [InlineData("[\"null\",\"int\"]", "04", "Malformed")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02", "Malformed")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":0}""", "0263", "{a=99}")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":0}""", "0264", "Overflow")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":2,"scale":0}""", "00", "{a=0}")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":38,"scale":0}""", "28ffffffffffffffffffffffffffffffffffffffff",
        "{a=-1}")]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "0261", "InvalidValue")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "80e7c552", "Overflow")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "ffffffffffffffffff01", "Overflow")]
    [InlineData("""{"type":"array","items":"int"}""", "0202040600", "{a=[1]}", false)]
    [InlineData("""{"type":"array","items":"int"}""", "03040204020600", "{a=[1,2,3]}")]
    [InlineData("""{"type":"array","items":"int"}""", "ffffffffffffffffff01", "Malformed")]
    [InlineData("""{"type":"array","items":{"type":"fixed","name":"F","size":0}}""", "feffffffffffffffff0100", "Malformed")]
    [InlineData("""{"type":"map","values":"int"}""", "0402610202610400", "DuplicateKey")]
    public void BytesThatAreNoValueAreRefused(string type, string hex, string expected, bool isWhole = true)
    {
        using var rows = new AvroRows($$"""{"type":"record","name":"R","fields":[{"name":"a","type":{{type}}}]}""");
        Assert.Equal(isWhole ? expected : "Malformed", rows.Decode(1, hex));
        rows.Batch.Reset();
    }

    [Fact]
    public void ATypeThatContainsItselfIsRefusedByNameOrLeftOut()
    {
        const string tree =
            """{"type":"record","name":"x.Tree","fields":[{"name":"a","type":"int"},{"name":"next","type":["null","Tree"]}]}""";
        var error = Assert.Throws<K2I.Base.EngineException>(() => new AvroRows(tree));
        Assert.Contains("next: type x.Tree contains itself", error.Message, StringComparison.Ordinal);
        using var rows = new AvroRows(tree, new PlanOptions { UnknownFields = UnknownFields.Ignore });
        Assert.Equal("{a=1}", rows.Decode(1, "02020400"));
        Assert.Equal("TooDeep", rows.Decode(1, string.Concat(Enumerable.Repeat("0202", 100)) + "0200"));
    }

    [Fact]
    public void ASchemaThatTheColumnsTakeChangesNothing()
    {
        var wide =
            Record("""{"name":"a","type":"long"},{"name":"f","type":"double"},{"name":"s","type":["null","string"]}""");
        using var rows = new AvroRows(wide);
        rows.Add(2, Record("""{"name":"s","type":"bytes"},{"name":"f","type":"int"},{"name":"a","type":"int"}"""));
        Assert.Equal("{a=2,f=3ff0000000000000,s=78}", rows.DecodeEvolving(2, Convert.FromHexString("0278" + "02" + "04")));
        Assert.Empty(rows.Changes);
        rows.Add(3, """{"type":"record","name":"R","fields":[{"name":"f","type":"long"}]}""");
        Assert.Equal("Inexact", rows.DecodeEvolving(3, Convert.FromHexString("feffffffffffffffff01")));
        Assert.Equal(["a?"], rows.Changes);
    }

    [Fact]
    public void AColumnIsRenamedAfterItsOtherChanges()
    {
        using var rows = new AvroRows(One);
        rows.Add(2, Record("""{"name":"b","type":["null","long"],"aliases":["a"]}"""));
        Assert.Equal("{b=3}", rows.DecodeEvolving(2, [2, 6]));
        Assert.Equal(["a long", "a?", "a>b"], rows.Changes);
        Assert.Equal("{b=1}", rows.DecodeEvolving(1, [2]));
        Assert.Equal(3, rows.Changes.Count);
    }

    [Fact]
    public void ARenameIsFollowedWhicheverSchemaComesFirst()
    {
        using var rows = new AvroRows(Record("""{"name":"b","type":["null","long"],"aliases":["a","z"]}"""));
        rows.Add(2, Record("""{"name":"a","type":"int"}"""));
        Assert.Equal("{b=3}", rows.DecodeEvolving(1, [2, 6]));
        Assert.Equal(["b=a|z"], rows.Changes);
        Assert.Equal("{b=1}", rows.DecodeEvolving(2, [2]));
        rows.Add(3, Record("""{"name":"s","type":{"type":"record","name":"S","fields":[{"name":"z","type":"int"}]}}"""));
        Assert.Equal("{s={z=1}}", rows.DecodeEvolving(3, [2]));
        Assert.Equal(["b=a|z", "+s struct<z: int>"], rows.Changes);
    }

    [Fact]
    public void AColumnThatAnotherEngineRenamedOrDroppedIsNotAddedAgain()
    {
        const string both = """
            {"name":"a","type":"int"},
            {"name":"s","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int"},{"name":"y","type":"int"}]}}
            """;
        var table = FieldIds.NewSchema([.. ColumnText.Parse("renamed: int, s: struct<y: int>")]);
        var options = new PlanOptions
        {
            FormerNames = new Dictionary<(int, string), int> { [(0, "a")] = 1, [(2, "x")] = 9 }.ToImmutableDictionary(),
        };
        using var rows = new AvroRows(Record(both), table, options);
        Assert.Equal("{renamed=1,s={y=3}}", rows.DecodeEvolving(1, [2, 4, 6]));
        Assert.Empty(rows.Changes);
        Assert.Equal(1, rows.Decoder.IgnoredFields);
        // A schema with a field of either name has both.
        rows.Add(2, Record("""{"name":"renamed","type":"int"},{"name":"a","type":"int"}"""));
        Assert.Equal("{a=2,renamed=1}", rows.DecodeEvolving(2, [2, 4]));
    }

    [Theory]
    [InlineData("\"int\"", "7", "7")]
    [InlineData("[\"string\",\"null\"]", "\"x\"", "\"x\"")]
    [InlineData("[\"null\",\"string\"]", "null", null)]
    [InlineData("\"bytes\"", "\"\\u00ff\"", "\"ff\"")]
    [InlineData("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}", "\"\\u00ff\"", "\"-0.01\"")]
    [InlineData("{\"type\":\"int\",\"logicalType\":\"date\"}", "1", "\"1970-01-02\"")]
    [InlineData("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "1", "\"1970-01-01T00:00:00.001000+00:00\"")]
    [InlineData("{\"type\":\"int\",\"logicalType\":\"time-millis\"}", "1", "\"00:00:00.001000\"")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", "\"A\"", "\"A\"")]
    [InlineData("\"int\"", "9223372036854775807", null)]
    [InlineData("{\"type\":\"array\",\"items\":\"int\"}", "[]", null)]
    public void ADefaultIsTheColumnsWhereTablesHaveThem(string type, string value, string? expected)
    {
        using var rows = new AvroRows(One, new PlanOptions { HasDefaults = true });
        rows.Add(2, Record($$"""{"name":"a","type":"int"},{"name":"n","type":{{type}},"default":{{value}}}"""));
        Assert.Equal("NewField", rows.Decode(2, "0202"));
        var added = rows.Decoder.Changes([]).OfType<NewField>().Single().Field;
        Assert.Equal((expected, expected), (added.InitialDefault, added.WriteDefault));
        if (expected is not null) Assert.NotNull(DefaultValue.Of(added));
        using var without = new AvroRows(Record($$"""{"name":"n","type":{{type}},"default":{{value}}}"""));
        Assert.Null(without.Table.Fields[0].WriteDefault);
    }

    [Fact]
    public void WhatDoesNotFitIsIncompatibleOrGetsAColumnOfItsOwn()
    {
        const string text = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";
        using var refused = new AvroRows(One);
        refused.Add(2, text);
        Assert.Equal("Incompatible", refused.DecodeEvolving(2, [2, 0x78]));
        Assert.Contains("column a is int, and field a is string", refused.Decoder.Error.ToString(), StringComparison.Ordinal);
        using var versioned = new AvroRows(One, new PlanOptions { OnIncompatible = OnIncompatible.NewColumn });
        versioned.Add(2, text);
        Assert.Equal("{a_v2=78}", versioned.DecodeEvolving(2, [2, 0x78]));
        Assert.Equal("{a=1}", versioned.DecodeEvolving(1, [2]));
        Assert.Equal(["+a_v2 string", "a?"], versioned.Changes);
    }

    [Fact]
    public void FieldsWithoutAColumnArePassedOverAndCounted()
    {
        const string schema = """
            {"type":"record","name":"R","fields":[{"name":"x","type":{"type":"array","items":{"type":"map","values":["null","string"]}}},
            {"name":"a","type":"int"},
            {"name":"y","type":["null","double"]},
            {"name":"z","type":{"type":"record","name":"Z","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":2}}]}}]}
            """;
        using var rows =
            new AvroRows(schema, FieldIds.NewSchema([new(0, "a", PrimitiveType.Int, false)]),
            new PlanOptions { UnknownFields = UnknownFields.Ignore });
        Assert.Equal("{a=3}", rows.Decode(1, "02" + "02" + "0261" + "02" + "0278" + "00" + "00" + "06" + "00" + "aabb"));
        Assert.Equal(2, rows.Decoder.IgnoredFields);
    }

    [Fact]
    public void EachFormOfFrameNamesItsSchema()
    {
        byte[] guid = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        const string text = "01020304-0506-0708-090a-0b0c0d0e0f10";
        Assert.Equal("258", Read(WireForm.Confluent, [0, 0, 0, 1, 2, 9]));
        Assert.Equal(text, Read(WireForm.Confluent, [1, .. guid, 9]));
        Assert.Equal(text, Read(WireForm.Confluent, [9], ("__value_schema_id", [1, .. guid])));
        Assert.Equal("a 0 and a schema id are expected before the payload",
            Read(WireForm.Confluent, [9], ("__key_schema_id", [1, .. guid])));
        Assert.Equal("4294967296", Read(WireForm.Apicurio8, [0, 0, 0, 0, 1, 0, 0, 0, 0, 9]));
        Assert.Equal(text, Read(WireForm.Glue, [3, 0, .. guid, 9]));
        Assert.Contains("zlib", Read(WireForm.Glue, [3, 5, .. guid, 9]), StringComparison.Ordinal);
        Assert.Equal(text,
            Read(WireForm.Azure, [9],
            ("content-type", Encoding.UTF8.GetBytes("avro/binary+" + text.Replace("-", "", StringComparison.Ordinal)))));
        Assert.Equal("0807060504030201", Read(WireForm.SingleObject, [0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        Assert.Equal("schema", Read(WireForm.Bare, [9]));
        foreach (var form in Enum.GetValues<WireForm>().Where(f => f != WireForm.Bare))
            for (var length = 0; length < 10; length++) Assert.DoesNotContain("\0", Read(form, new byte[length]), StringComparison.Ordinal);
    }

    [Fact]
    public void ASchemaIsKnownByItsFingerprint()
    {
        // The specification's example of a fingerprint of "int", and the canonical form that others make.
        Assert.Equal(0x7275d51a3f395c8fUL, AvroFingerprint.Of(AvroType.Int));
        var schema = AvroSchema.Parse("""
            {"type":"record","namespace":"x","name":"R","doc":"d","fields":[{"name":"a","type":{"type":"int"},"default":1}]}
            """u8.ToArray(), "test");
        Assert.Equal("""{"name":"x.R","type":"record","fields":[{"name":"a","type":"int"}]}""", AvroFingerprint.CanonicalForm(schema));
        var writer = AvroCompiler.SchemaOf(Encoding.UTF8.GetBytes(One), WireForm.SingleObject);
        var table = FieldIds.NewSchema([.. AvroCompiler.Instance.Columns(writer, new())]);
        var decoder = new PlannedDecoder(AvroCompiler.Instance, new FixedSchema(writer), WireForm.SingleObject, table, new());
        using var batch = BatchBuilder.ForScratch(table, 1 << 20);
        var id = BitConverter.GetBytes((ulong)writer.Id.Value);
        Assert.Equal(DecodeStatus.Ok, decoder.Decode(new RecordInput((byte[])[0xC3, 1, .. id, 2]), batch));
        batch.AbandonRow();
        Assert.Equal(DecodeStatus.UnknownSchema, decoder.Decode(new RecordInput((byte[])[0xC3, 1, 0, .. id[1..], 2]), batch));
    }

    [Fact]
    public void AnUnknownSchemaIsWaitedForAndAMissingOneIsNot()
    {
        using var rows = new AvroRows(One);
        rows.Await(7);
        Assert.Equal("SchemaPending", rows.Decode(7, "02"));
        Assert.Equal(SchemaId.Of(7), rows.Decoder.RefusedSchema);
        rows.Add(7, One);
        Assert.Equal("{a=1}", rows.Decode(7, "02"));
        Assert.Equal("UnknownSchema", rows.Decode(8, "02"));
    }

    [Fact]
    public void NoDamageToASchemaDoesMoreThanMakeItUnusable()
    {
        var random = new Random(5);
        const string schema = """
            {"type":"record","name":"R","namespace":"x","fields":[
            {"name":"a","type":["null",{"type":"array","items":{"type":"map","values":"R2"}}],"aliases":["z"]},
            {"name":"b","type":{"type":"fixed","name":"F","size":9,"logicalType":"decimal","precision":5,"scale":2}},
            {"name":"c","type":"F"}]}
            """;
        var usable = 0;
        using var rows = new AvroRows(Record("""{"name":"other","type":"int"}"""));
        for (var round = 0; round < 3_000; round++)
        {
            var text = Encoding.UTF8.GetBytes(schema.Replace("\"R2\"", "\"long\"", StringComparison.Ordinal));
            for (var n = random.Next(4); n > 0; n--) text[random.Next(text.Length)] = (byte)"{}[],:\"\\xRF0123456789"[random.Next(20)];
            var writer = new WriterSchema(SchemaId.Of(9), SchemaLanguage.Avro, Encoding.UTF8.GetString(text), []);
            if (AvroCompiler.Instance.Compile(writer, rows.Table, new()).Error.Status == DecodeStatus.NewField) usable++;
        }
        Assert.True(usable > 300, $"{usable}");
    }

    [Fact]
    public void ASchemaThatUnfoldsToTooManyColumnsIsRefused()
    {
        var text = new StringBuilder("""{"type":"record","name":"R0","fields":[{"name":"v","type":"int"}]}""");
        for (var i = 1; i < 40; i++)
        {
            var inner = text.ToString();
            var fields = $$"""{"name":"a","type":{{inner}}},{"name":"b","type":"R{{i - 1}}"}""";
            text.Clear().Append($$"""{"type":"record","name":"R{{i}}","fields":[{{fields}}]}""");
        }
        var writer = new WriterSchema(SchemaId.None, SchemaLanguage.Avro, text.ToString(), []);
        Assert.Contains("columns",
            AvroCompiler.Instance.Compile(writer, FieldIds.NewSchema([new(0, "other", PrimitiveType.Int, false)]), new()).Error.ToString(),
            StringComparison.Ordinal);
    }

    private static string Record(string fields) => $$"""{"type":"record","name":"R","fields":[{{fields}}]}""";

    private static string Read(WireForm form, byte[] value, params (string Name, byte[] Value)[] headers)
    {
        var framed = FramedValue.Read(form, new RecordInput(value) { Headers = headers.Length == 0 ? null : new Headers(headers) });
        return framed.Flaw ?? framed.Schema.ToString();
    }

    private sealed class Headers((string Name, byte[] Value)[] all) : IRecordHeaders
    {
        public bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull)
        {
            key = value = default;
            valueIsNull = false;
            if (index >= all.Length) return false;
            key = Encoding.UTF8.GetBytes(all[index].Name);
            value = all[index].Value;
            return true;
        }
    }
}
