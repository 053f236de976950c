using System.Text;

namespace K2I.Decode.Tests;

public sealed class RouteReaderTests
{
    [Theory]
    [InlineData("kind", """{"a":1,"kind":"click","b":{}}""", "click")]
    [InlineData("kind", """{"kind":42}""", "42")]
    [InlineData("kind", """{"kind":false}""", "false")]
    [InlineData("a.b.c", """{"a":{"x":1,"b":{"c":"deep"}}}""", "deep")]
    [InlineData("`a.b`", """{"a.b":"dotted","a":{"b":"other"}}""", "dotted")]
    [InlineData("kind", "{\"kind\":\"gr\\u00fcn\"}", "grün")]
    [InlineData("kind", """{"kind":"x","k2i_route":"no"}""", "x")]
    public void ReadsTheValueOfAFieldAtAnyDepth(string field, string record, string value)
    {
        using var reader = Reader(field);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(DecodeStatus.Ok, reader.Read(new RecordInput(Encoding.UTF8.GetBytes(record))));
            Assert.Equal(value, reader.Value.ToString());
        }
    }

    [Theory]
    [InlineData("kind", "{}", DecodeStatus.MissingRequired)]
    [InlineData("kind", """{"kind":null}""", DecodeStatus.MissingRequired)]
    [InlineData("a.kind", """{"a":null}""", DecodeStatus.MissingRequired)]
    [InlineData("kind", """{"kind":""}""", DecodeStatus.InvalidValue)]
    [InlineData("kind", """{"kind":{"a":1}}""", DecodeStatus.TypeMismatch)]
    [InlineData("kind", """{"kind":[1]}""", DecodeStatus.TypeMismatch)]
    [InlineData("kind", "no json", DecodeStatus.InvalidJson)]
    public void SaysWhyARecordGoesToNoTable(string field, string record, DecodeStatus status)
    {
        using var reader = Reader(field);
        Assert.Equal(status, reader.Read(new RecordInput(Encoding.UTF8.GetBytes(record))));
        Assert.NotEqual("", reader.Error);
        Assert.Equal(0, reader.Value.Length);
        Assert.Equal(DecodeStatus.Tombstone, reader.Read(new RecordInput([], valueIsNull: true)));
        Assert.Equal(DecodeStatus.InvalidValue, reader.Read(new RecordInput(Encoding.UTF8.GetBytes(Of(field, new string('x', 201))))));
        Assert.Equal(DecodeStatus.Ok, reader.Read(new RecordInput(Encoding.UTF8.GetBytes(Of(field, new string('x', 200))))));
        Assert.Equal(200, reader.Value.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a, b")]
    [InlineData("a..b")]
    public void AFieldIsOneName(string text)
    {
        List<TransformFlaw> flaws = [];
        Assert.Null(RouteField.Parse(text, flaws));
        Assert.NotEmpty(flaws);
    }

    private static string Of(string field, string value) =>
        field == "kind" ? $"{{\"kind\":\"{value}\"}}" : $"{{\"a\":{{\"kind\":\"{value}\"}}}}";

    private static RouteReader Reader(string field)
    {
        var transforms = ColumnTransforms.Parse(RouteField.Parse(field, [])!.Transforms(areTyped: false), caseSensitive: true, []);
        return new(schema => new ShapedDecoder(schema, new() { MetadataColumn = null }, transforms));
    }
}
