using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class Inferences
{
    private static InferredSchema Infer(params string[] records) => SchemaInference.Infer(records.Select(r => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(r)));

    [Theory]
    [InlineData("a: long", """{"a":1}""", """{"a":-5}""")]
    [InlineData("a: double", """{"a":1}""", """{"a":1.5}""")]
    [InlineData("a: double", """{"a":12345678901234567890}""", """{"a":1}""")]
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
