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

    /// <summary>The record is the home's dead letter then: no table comes to be by a record that is none.</summary>
    [Theory]
    [InlineData("""{"kind":"x","b":}""", DecodeStatus.InvalidJson)]
    [InlineData("""{"kind":"x","b":{"c":1}""", DecodeStatus.InvalidJson)]
    [InlineData("""{"kind":"x"} y""", DecodeStatus.InvalidJson)]
    [InlineData("""{"kind":"x","kind":"y"}""", DecodeStatus.DuplicateKey)]
    [InlineData("""{"kind":"x","b":{"c":01}}""", DecodeStatus.InvalidJson)]
    [InlineData("""{"kind":"x","b":"\u00g0"}""", DecodeStatus.InvalidJson)]
    [InlineData("""{"kind":"x","b":"ÿ"}""", DecodeStatus.InvalidUtf8)]
    public void WhatIsWrongBehindTheFieldRefusesTheRecord(string record, DecodeStatus status)
    {
        using var reader = Reader("kind");
        Assert.Equal(status, reader.Read(new RecordInput(Encoding.Latin1.GetBytes(record))));
        Assert.Equal(0, reader.Value.Length);
    }

    [Fact]
    public void NamesOfAnyLengthAreTold()
    {
        for (var length = 1; length < 140; length++)
        {
            var name = new string('a', length);
            using var reader = Reader(name);
            var others = string.Concat(Enumerable.Range(1, 140).Where(n => n != length).Select(n => $"\"{new string('a', n)}\":{n},"));
            Assert.Equal(DecodeStatus.Ok, reader.Read(new RecordInput(Encoding.UTF8.GetBytes($"{{{others}\"{name}\":\"x\"}}"))));
            Assert.Equal("x", reader.Value.ToString());
            var inCapitals = $"{{{others}\"{name.ToUpperInvariant()}\":\"x\"}}";
            Assert.Equal(DecodeStatus.MissingRequired, reader.Read(new RecordInput(Encoding.UTF8.GetBytes(inCapitals))));
        }
    }

    [Fact]
    public void FieldsOfAvroThatArePassedOverAreCheckedAndCounted()
    {
        var writer = new WriterSchema(SchemaId.Of(1), SchemaLanguage.Avro, """
            {"type":"record","name":"R","fields":[{"name":"a","type":"long"},{"name":"u","type":["null","string"]},
            {"name":"kind","type":"string"},{"name":"b","type":"double"},{"name":"c","type":{"type":"array","items":"int"}},
            {"name":"d","type":["null","string"]},{"name":"e","type":"string"}]}
            """, []);
        var transforms = ColumnTransforms.Parse(RouteField.Parse("kind", [])!.Transforms(areTyped: true), caseSensitive: true, []);
        PlannedDecoder? decoder = null;
        using var reader = new RouteReader(schema => decoder = new(AvroCompiler.Instance, new FixedSchema(writer), WireForm.Confluent,
            schema, new() { UnknownFields = UnknownFields.Ignore, Transforms = transforms }));
        var record = Convert.FromHexString("00000000010200" + "0A636C69636B" + "000000000000F03F" + "04020400" + "02047879" + "0461C3");
        for (var bytes = 0; bytes < record.Length; bytes++)
        {
            var status = reader.Read(new RecordInput(record.AsSpan(0, bytes)));
            Assert.Equal(bytes < 5 ? DecodeStatus.InvalidFrame : DecodeStatus.Malformed, status);
        }
        Assert.Equal(DecodeStatus.Malformed, reader.Read(new RecordInput([.. record, 0])));
        Assert.Equal(DecodeStatus.Ok, reader.Read(new RecordInput(record)));
        Assert.Equal("click", reader.Value.ToString());
        Assert.Equal(5, decoder!.IgnoredFields);
        record[^7] = 4;
        Assert.Equal(DecodeStatus.Malformed, reader.Read(new RecordInput(record)));
        Assert.Contains("branch", reader.Error, StringComparison.Ordinal);
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
