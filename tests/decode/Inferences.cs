using System.Text;

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
}
