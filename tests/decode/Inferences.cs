using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class Inferences
{
    private static InferredSchema Infer(params string[] records) => SchemaInference.Infer(records.Select(r => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(r)));

    [Theory]
    [InlineData("a: long", """{"a":1}""", """{"a":-5}""")]
    [InlineData("a: double", """{"a":1}""", """{"a":1.5}""")]
    [InlineData("a: decimal(38,0)", """{"a":12345678901234567890}""", """{"a":1}""")]
    [InlineData("a: string", """{"a":1}""", """{"a":"x"}""")]
    [InlineData("a: string", """{"a":true}""", """{"a":1}""")]
    [InlineData("a: string", """{"a":{"b":1}}""", """{"a":[1]}""")]
    [InlineData("a: long", """{"a":null,"b":null,"c":[],"d":{},"e":[null],"f":[{}]}""", """{"a":1}""")]
    [InlineData("a: struct<b: long, c: string>", """{"a":{"b":1}}""", """{"a":{"c":"x","b":null}}""")]
    [InlineData("a: list<struct<x: double, y: boolean>>", """{"a":[{"x":1},{"y":true}]}""", """{"a":[{"x":2.5}]}""")]
    [InlineData("a: list<list<long>>", """{"a":[[1],[]]}""", """{"a":[null]}""")]
    [InlineData("z: string, a: string", """{"z":"2024-01-01"}""", """{"a":"x"}""")]
    public void TypesTakeAllThatWasSeen(string expected, string first, string second) =>
        Assert.Equal("columns = " + expected, Infer(first, second).ToConfigLine());

    /// <summary>Numbers of one sort a row, in the order of the table in the module's README.</summary>
    private static readonly string[][] Numbers =
    [
        ["1", "-0", "9007199254740992", "-9007199254740992"],
        ["9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"],
        ["9223372036854775808", "-9223372036854775809", "12345678901234567890", "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"],
        ["1.5", "1.0", "1e20", "-0.1", "0.30000000000000004", "1.7976931348623157E+308", "5e-324", "0e99999999999999999999", "100.00"],
        ["100000000000000000000000000000000000000", "0.12345678901234567890", "9007199254740993.0", "1e400", "1e-400", "1e-99999999999999999999", "3.141592653589793238", "1.23456789012345678e17"],
    ];

    [Theory]
    [InlineData(0, "long", "long", "decimal(38,0)", "double", "string")]
    [InlineData(1, "long", "long", "decimal(38,0)", "string", "string")]
    [InlineData(2, "decimal(38,0)", "decimal(38,0)", "decimal(38,0)", "string", "string")]
    [InlineData(3, "double", "string", "string", "double", "string")]
    [InlineData(4, "string", "string", "string", "string", "string")]
    public void NumbersTogetherHaveTheTypeThatLosesNone(int sort, params string[] types)
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "decode.md"));
        Assert.Contains($"** | {string.Join(" | ", types)} |", readme, StringComparison.Ordinal);
        for (var other = 0; other < types.Length; other++)
        {
            foreach (var one in Numbers[sort])
            {
                foreach (var two in Numbers[other])
                {
                    var found = Infer($$"""{"a":{{one}}}""", $$"""{"a":{{two}}}""");
                    Assert.True("columns = a: " + types[other] == found.ToConfigLine(), $"{one} and {two}: {types[other]} expected, {found.ToConfigLine()} found");
                    Assert.Equal(types[other] == "string" ? "a" : "", string.Join(", ", found.Conflicts));
                }
            }
        }
    }

    [Fact]
    public void ASampleOfNumbersKeepsEveryDigit()
    {
        foreach (var numbers in Numbers)
        {
            foreach (var number in numbers)
            {
                using var rows = new Rows(Infer($$"""{"a":{{number}}}""").Schema);
                var kept = rows.Add($$"""{"a":{{number}}}""");
                Assert.True(kept == number || double.Parse(kept, System.Globalization.CultureInfo.InvariantCulture) == double.Parse(number, System.Globalization.CultureInfo.InvariantCulture), $"{number} became {kept}");
            }
        }
    }

    [Theory]
    [InlineData("date", "\"2024-01-01\"", "\"0001-12-31\"")]
    [InlineData("timestamp", "\"2024-01-01T00:00\"", "\"2024-01-01 00:00:00.123456789\"")]
    [InlineData("timestamptz", "\"2024-01-01T00:00:00Z\"", "\"2024-01-01T00:00:00.5\\u002B01:00\"")]
    [InlineData("timestamptz", "1700000000123", "1700000000.5")]
    [InlineData("timestamptz", "\"2024-01-01T00:00:00Z\"", "1700000000123")]
    [InlineData("timestamptz", "\"2024-01-01T00:00:00Z\"", "null")]
    [InlineData("string", "\"2024-01-01T00:00:00Z\"", "\"2024-01-01T00:00:00\"")]
    [InlineData("string", "\"2024-01-01T00:00:00Z\"", "\"2024-01-01\"")]
    [InlineData("string", "\"2024-01-01T00:00:00\"", "1700000000123")]
    [InlineData("string", "\"2024-01-01T00:00:00Z\"", "\"\"")]
    [InlineData("string", "\"2024-01-01T00:00:00Z\"", "\"soon\"")]
    [InlineData("string", "\"2024-01-01T00:00:00Z\"", "true")]
    [InlineData("string", "\"0001-01-01T00:00:00+01:00\"", "\"2024-01-01T00:00:00Z\"")]
    [InlineData("string", "\"2024-01-01\"", "\"2024-02-30\"")]
    public void OnlyAColumnThatIsToBeATimeBecomesOne(string expected, string first, string second)
    {
        string[] samples = [$$$"""{"a":{{{first}}},"o":{"at":{{{first}}}}}""", $$$"""{"a":{{{second}}},"o":{"at":{{{second}}}}}"""];
        var found = SchemaInference.Infer(samples.Select(r => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(r)), ["o.at"]);
        Assert.Equal(expected, ColumnText.Format(found.Schema.FindByPath("o.at")!.Type));
        Assert.Equal(expected == "string", found.Conflicts.Contains("o.at"));
        Assert.DoesNotContain(ColumnText.Format(found.Schema.FindByPath("a")!.Type), (string[])["date", "timestamp", "timestamptz"]);
        using var rows = new Rows(found.Schema);
        foreach (var sample in samples) Assert.Contains('|', rows.Add(sample));
    }

    [Fact]
    public void ANewColumnWithAUnitOfItsOwnIsATime()
    {
        var options = new JsonDecoderOptions
        {
            UnknownFields = UnknownFields.Evolve,
            ColumnUnits = System.Collections.Immutable.ImmutableDictionary<string, EpochUnit>.Empty.Add("o.at", EpochUnit.Microseconds),
        };
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse("id: long")), options);
        const string json = """{"id":1,"o":{"at":1700000000123456,"n":12345678901234567890},"at":1700000000123456,"at_us":5}""";
        Assert.Equal("NewField", rows.Add(json));
        Assert.Equal("o: struct<at: timestamptz, n: decimal(38,0)>, at: long, at_us: long", ColumnText.Format(rows.NewFields([Encoding.UTF8.GetBytes(json)]).Select(n => n.Field)));
    }

    [Fact]
    public void AByteOrderMarkBeforeASampleMeansNothing()
    {
        Assert.Equal("columns = a: long", Infer("\ufeff{\"a\":1}").ToConfigLine());
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse("id: long")), new() { UnknownFields = UnknownFields.Evolve });
        const string marked = "\ufeff{\"a\":1}";
        Assert.Equal("NewField", rows.Add(marked));
        Assert.Equal("a", Assert.Single(rows.NewFields([Encoding.UTF8.GetBytes(marked)])).Field.Name);
    }

    [Fact]
    public void ConflictsAreNamedAndBadSamplesCounted()
    {
        var found = Infer("""{"a":{"b":[1,"x"]}}""", "{", "[1]", "{\"c\":1}x", "");
        Assert.Equal("a.b.element", Assert.Single(found.Conflicts));
        Assert.Equal((1, 4), (found.Records, found.Refused));
    }

    [Fact]
    public void ASampleDecodesUnderTheSchemaInferredFromIt()
    {
        string[] samples =
        [
            """{"id":1,"v":1,"tags":[1,"a",null,{"x":1}],"o":{"p":{"q":1.5}},"n":null}""",
            """{"id":2,"v":2.5,"tags":[],"o":null,"e":{}}""",
            """{"id":3,"v":null,"o":{"p":{"r":"t","q":1}}}""",
        ];
        using var rows = new Rows(Infer(samples).Schema, new() { UnknownFields = UnknownFields.Evolve });
        Assert.Equal("1|1|[1,a,null,{\"x\":1}]|{p={q=1.5,r=null}}", rows.Add(samples[0]));
        Assert.Equal("2|2.5|[]|null", rows.Add(samples[1]));
        Assert.Equal("3|null|null|{p={q=1,r=t}}", rows.Add(samples[2]));
    }

    [Fact]
    public void MembersUpToTheLimitOfColumnsAreAllColumns()
    {
        var members = string.Join(",", Enumerable.Range(0, 1_500).Select(i => $"\"f{i}\":{i}"));
        Assert.Equal(1_500, Infer("{" + members + "}").Schema.Fields.Length);
        Assert.Equal(1_500, Assert.IsType<StructType>(Infer("{\"s\":{" + members + "}}").Schema.Fields[0].Type).Fields.Length);
    }

    [Fact]
    public void MembersBeyondTheLimitOfColumnsAreLeftOutByName()
    {
        var found = Infer("{" + string.Join(",", Enumerable.Range(0, ColumnNames.MaxColumns + 7).Select(i => $"\"f{i}\":{i}")) + "}");
        Assert.Equal(ColumnNames.MaxColumns, found.Schema.Fields.Length);
        Assert.Equal(Enumerable.Range(ColumnNames.MaxColumns, 7).Select(i => $"f{i}"), found.LeftOut.Select(c => c.Path));
        Assert.All(found.LeftOut, c => Assert.Equal(NameFlaw.TooMany, c.Flaw));
        Assert.False(found.HasUnseen);
    }

    [Fact]
    public void RecordsOfEndlessMembersTakeBoundedRoomAndAreTold()
    {
        var inference = new SchemaInference();
        for (var i = 0; i < 5; i++)
        {
            var members = string.Join(",", Enumerable.Range(0, 9_000).Select(j => $"\"f{i}_{j}\":[{j}]"));
            Assert.True(inference.Add(Encoding.UTF8.GetBytes("{" + members + "}")));
        }
        var found = inference.Result();
        Assert.True(found.HasUnseen);
        Assert.Equal(ColumnNames.MaxColumns / 2, found.Schema.Fields.Length);
    }

    [Fact]
    public void TheMetadataColumnIsNeverInferred()
    {
        var inference = new SchemaInference();
        Assert.True(inference.Add("""{"id":1,"_kafka":{"topic":"x","offset":7},"_KAFKA":1,"_kafka.topic":2,"_kafka.x":3}"""u8));
        var names = new ColumnNames([]);
        Assert.NotNull(names.Take(KafkaColumn.Field(0), []));
        var found = inference.Result(names);
        Assert.Equal("columns = id: long, `_kafka.x`: long", found.ToConfigLine());
        Assert.Equal(["_kafka", "_KAFKA", "_kafka.topic"], found.LeftOut.Select(c => c.Path));
        Assert.Equal(5, inference.Result().Schema.Fields.Length + inference.Result().LeftOut.Length);
    }
}
