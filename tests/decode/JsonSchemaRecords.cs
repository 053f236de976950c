using System.Collections.Immutable;
using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>JSON records whose columns a schema says: a registry's JSON Schema, or Connect's beside the payload.</summary>
public class JsonSchemaRecords
{
    private const string Fields = """
        {"type":"struct","optional":false,"fields":[
          {"type":"int64","optional":false,"field":"id"},
          {"type":"int64","optional":true,"name":"org.apache.kafka.connect.data.Timestamp","version":1,"field":"at"},
          {"type":"int64","optional":true,"name":"io.debezium.time.MicroTimestamp","version":1,"field":"seen"},
          {"type":"int32","optional":true,"name":"org.apache.kafka.connect.data.Date","version":1,"field":"day"},
          {"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,
            "parameters":{"scale":"2"},"field":"price"},
          {"type":"array","optional":true,"items":{"type":"string","optional":true},"field":"tags"},
          {"type":"map","optional":true,"keys":{"type":"string","optional":false},
            "values":{"type":"int32","optional":false},"field":"counts"},
          {"type":"struct","optional":true,"fields":[{"type":"bytes","optional":true,"field":"raw"}],"field":"inner"}]}
        """;

    /// <summary>Every type, as Connect's own converter writes it.</summary>
    [JavaFact]
    public void ConnectsConverterIsRead()
    {
        var lines = JavaFactAttribute.Run("ConnectRecords", "connect");
        using var records = new Records(WireForm.Embedded, new EmbeddedSchemas(), lines[0]);
        Assert.Equal("i8: int!, i16: int!, i32: int!, i64: long!, f64: double!, flag: boolean!, text: string, bytes: binary, "
            + "price: decimal(9,2), day: date, noon: time, seen: timestamptz, tags: list<string>, counts: map<string, long!>, "
            + "inner: struct<x: float!, raw: binary>", records.Columns);
        Assert.Equal("-128|32767|-2147483648|9223372036854775807|0.1|true|Åse \"quoted\"\n|00ff|-123456789|19000|43200001000|"
            + "1650000000001000|[a,null]|<k=7>|{x=1.5,raw=0102}", records.Add(lines[0]));
        Assert.Equal("0|0|0|-9223372036854775808|-1E+300|false|null|null|null|null|null|null|null|null|null", records.Add(lines[1]));
    }

    [Fact]
    public void ConnectsRecordsBringTheirSchema()
    {
        using var records = new Records(WireForm.Embedded, new EmbeddedSchemas(), Connect("{}"));
        Assert.Equal("id: long!, at: timestamptz, seen: timestamp, day: date, price: decimal(38,2), "
            + "tags: list<string>, counts: map<string, int!>, inner: struct<raw: binary>", records.Columns);
        Assert.Equal("1|1000000|5|19000|-12|[a,null]|<k=1>|{raw=0102}", records.Add(Connect(
            """{"id":1,"at":1000,"seen":5,"day":19000,"price":"9A==","tags":["a",null],"counts":{"k":1},"inner":{"raw":"AQI="}}""")));
        Assert.Equal("2|null|null|null|1|null|null|null", records.Add(Connect("""{"id":2,"price":0.01}""")));
        Assert.Equal("MissingRequired", records.Add(Connect("{}")));
        Assert.Equal("InvalidJson", records.Add(Connect("{\"id\":}")));
    }

    [Theory]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"schema":{}}""")]
    [InlineData("""{"payload":{},"schema":{},"more":1}""")]
    [InlineData("""{"schema":{},"payload":{}} x""")]
    [InlineData("""{"schema":{},"payload":{"a":"}""")]
    [InlineData("""{"schema":null,"payload":1}""")]
    [InlineData("")]
    [InlineData("{")]
    public void WhatIsNoEnvelopeIsRefused(string record)
    {
        using var records = new Records(WireForm.Embedded, new EmbeddedSchemas(), Connect("{}"));
        Assert.Equal("InvalidFrame", records.Add(record));
    }

    [Fact]
    public void AnotherEmbeddedSchemaChangesTheTableFirst()
    {
        using var records = new Records(WireForm.Embedded, new EmbeddedSchemas(), Connect("{}"));
        var wider = """
            {"payload": {"id":1,"more":2} , "schema": {"type":"struct","fields":[
              {"type":"int64","optional":true,"field":"id"},{"type":"int32","optional":true,"field":"more"}]}}
            """;
        Assert.Equal("NewField", records.Add(wider));
        Assert.Equal(["OptionalColumn id", "NewField more"], records.Decoder.Changes([]).Select(c => $"{c.GetType().Name} {c.Path}")
            .Order(StringComparer.Ordinal).Reverse());
        Assert.Equal("UnusableSchema", records.Add("""{"schema":{"type":"string"},"payload":{}}"""));
    }

    [Fact]
    public void AColumnOfAnotherNameTakesTheField()
    {
        var table = FieldIds.NewSchema(ColumnText.Parse("key: long, at: timestamptz, when: string, s: struct<y: long>"));
        using var records = new Records(table, new()
        {
            MetadataColumn = null,
            FormerNames = new Dictionary<(int, string), int> { [(0, "id")] = 1, [(0, "seen")] = 2, [(4, "x")] = 5 }.ToImmutableDictionary(),
        });
        Assert.Equal("7|5000|{\"b\":1}|{y=3}", records.Add("""
            {"schema":{"type":"struct","fields":[{"type":"int64","field":"id"},{"type":"string","field":"when"},
              {"type":"int64","name":"org.apache.kafka.connect.data.Timestamp","field":"seen"},
              {"type":"struct","fields":[{"type":"int64","field":"x"}],"field":"s"}]},
             "payload":{"id":7,"key":8,"seen":5,"at":6,"when":{"b":1},"s":{"x":3,"y":4}}}
            """));
    }

    [Theory]
    [InlineData(OnIncompatible.DeadLetter, "TypeMismatch")]
    [InlineData(OnIncompatible.Pause, "IncompatiblePause")]
    [InlineData(OnIncompatible.NewColumn, "null|[1]")]
    public void WhatDoesNotFitIsDecidedByThePolicy(OnIncompatible policy, string expected)
    {
        using var records = new Records(FieldIds.NewSchema(ColumnText.Parse("a: int, a_v2: list<int>")),
            new() { MetadataColumn = null, OnIncompatible = policy });
        Assert.Equal(expected, records.Add("""
            {"schema":{"type":"struct","fields":[{"type":"array","items":{"type":"int32","optional":true},"optional":true,"field":"a"}]},
             "payload":{"a":[1]}}
            """));
    }

    [Fact]
    public void ARegistrysJsonSchemaGivesTheColumns()
    {
        var schema = new WriterSchema(SchemaId.Of(3), SchemaLanguage.Json,
            """
            {"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["id"],
              "properties":{"id":{"type":"integer"},"who":{"$ref":"who.json"},"at":{"type":"string","format":"date-time"}}}
            """,
            [new("who.json", """{"type":"object","properties":{"name":{"type":["string","null"]}}}""")]);
        using var records = new Records(WireForm.Confluent, new FixedSchema(schema), "\0\0\0\0\u0003{}");
        Assert.Equal("id: long!, who: struct<name: string>, at: timestamptz", records.Columns);
        Assert.Equal("7|{name=n}|0",
            records.Add("\0\0\0\0\u0003{\"id\":7,\"who\":{\"name\":\"n\"},\"at\":\"1970-01-01T00:00:00Z\",\"other\":1}"));
        Assert.Equal("UnknownSchema", records.Add("\0\0\0\0\u0004{\"id\":7}"));
        Assert.Equal("InvalidFrame", records.Add("{\"id\":7}"));
    }

    /// <summary>Whatever the schema calls the field: the values are JSON, and stay what they are there.</summary>
    [Theory]
    [InlineData("string", "\"x\"", "0578")]
    [InlineData("int64", "7", "0c07")]
    [InlineData("double", "[true,1.5]", "03020001070420010f000000")]
    public void AColumnVariantTakesAFieldOfAnyType(string type, string value, string bytes)
    {
        var table = FieldIds.NewSchema(ColumnText.Parse("v: variant"));
        var options = new PlanOptions { MetadataColumn = null };
        using var connect = new Records(table, options);
        var field = $$"""{"type":"{{type}}","optional":true,"field":"v"}""";
        var expected = $"{{metadata=010000,value={bytes}}}";
        Assert.Equal(expected, connect.Add($$$"""{"schema":{"type":"struct","fields":[{{{field}}}]},"payload":{"v":{{{value}}} } }"""));
        var called = type == "string" ? type : "number";
        var schema = new WriterSchema(SchemaId.Of(3), SchemaLanguage.Json,
            $$$"""{"type":"object","properties":{"v":{"type":"{{{called}}}"} } }""", []);
        using var registry = new Records(table, options, WireForm.Confluent, new FixedSchema(schema));
        Assert.Equal(expected, registry.Add($"\0\0\0\0\u0003{{\"v\":{value}}}"));
        Assert.Equal("null", registry.Add("\0\0\0\0\u0003{\"v\":null}"));
    }

    private static string Connect(string payload) => $$"""{"schema":{{Fields}},"payload":{{payload}}}""";

    /// <summary>A table with the columns of a first record's schema.</summary>
    private sealed class Records : IDisposable
    {
        private readonly BatchBuilder batch;

        internal Records(WireForm form, ISchemaSource schemas, string first)
        {
            var options = new PlanOptions { MetadataColumn = null };
            IPlanCompiler compiler = new JsonCompiler(new() { MetadataColumn = null });
            var framed = FramedValue.Read(form, new RecordInput(Encoding.UTF8.GetBytes(first)));
            Assert.Equal(SchemaState.Known, schemas.Find(in framed, out var writer));
            var table = FieldIds.NewSchema(compiler.Columns(writer!, in framed, options));
            Columns = ColumnText.Format(table.Fields);
            Decoder = new PlannedDecoder(compiler, schemas, form, table, options);
            batch = new(table, MemoryTag.Scratch, 1 << 20);
        }

        /// <summary>Records, Connect's where nothing is said, into a table that is there.</summary>
        internal Records(Schema table, PlanOptions options, WireForm form = WireForm.Embedded, ISchemaSource? schemas = null)
        {
            Columns = ColumnText.Format(table.Fields);
            Decoder = new(new JsonCompiler(new() { MetadataColumn = null }), schemas ?? new EmbeddedSchemas(), form, table, options);
            batch = new(table, MemoryTag.Scratch, 1 << 20);
        }

        internal string Columns { get; }

        internal PlannedDecoder Decoder { get; }

        internal string Add(string record)
        {
            var status = Decoder.Decode(new RecordInput(Encoding.UTF8.GetBytes(record)), batch);
            if (status == DecodeStatus.Ok && batch.EndRow())
                return string.Join("|", batch.View().Columns.Select(c => Rows.Show(c, batch.Rows - 1)));
            batch.AbandonRow();
            return status.ToString();
        }

        public void Dispose() => batch.Dispose();
    }
}
