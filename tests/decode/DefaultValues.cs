using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>A record that lacks the field of a column with a write default gets that default.</summary>
public class DefaultValues
{
    private static readonly string Uuid = "f79c3e09-677c-4bbd-a479-3f349cb785e7";

    /// <summary>A type, its default as Iceberg's JSON writes it, and a JSON value that the decoder takes for the same.</summary>
    public static TheoryData<string, string, string> Values => new()
    {
        { "boolean", "true", "true" },
        { "int", "-34", "-34" },
        { "long", "9007199254740993", "9007199254740993" },
        { "float", "1.5", "1.5" },
        { "double", "-1e300", "-1e300" },
        { "decimal(9,2)", "\"14.20\"", "14.2" },
        { "date", "\"2017-11-16\"", "\"2017-11-16\"" },
        { "time", "\"22:31:08.123456\"", "\"22:31:08.123456\"" },
        { "timestamp", "\"2017-11-16T22:31:08.123456\"", "\"2017-11-16T22:31:08.123456\"" },
        { "timestamptz", "\"2017-11-16T22:31:08.123456+00:00\"", "\"2017-11-16T22:31:08.123456Z\"" },
        { "timestamp_ns", "\"2017-11-16T22:31:08.123456789\"", "\"2017-11-16T22:31:08.123456789\"" },
        { "timestamptz_ns", "\"2017-11-16T22:31:08.123456789+00:00\"", "\"2017-11-16T22:31:08.123456789Z\"" },
        { "string", "\"ice ❄\"", "\"ice ❄\"" },
        { "uuid", $"\"{Uuid}\"", $"\"{Uuid}\"" },
        { "fixed[3]", "\"00010f\"", "\"AAEP\"" },
        { "binary", "\"00010f\"", "\"AAEP\"" },
        { "list<int>", "[1,2]", "[1,2]" },
        { "map<string,int>", """{"keys":["a","b"],"values":[1,null]}""", """{"a":1,"b":null}""" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void EveryTypeHasItsDefault(string type, string json, string same)
    {
        var field = Assert.Single(ColumnText.Parse($"v: {type}")) with { WriteDefault = json };
        foreach (var required in new[] { false, true })
        {
            using var rows = new Rows(Schema.Of(field with { Required = required }));
            var given = rows.Add($$"""{"v":{{same}}}""");
            Assert.Equal(given, rows.Add("{}"));
            Assert.DoesNotContain("null", type.StartsWith("map", StringComparison.Ordinal) ? "" : given, StringComparison.Ordinal);
            Assert.Equal(required ? "MissingRequired" : "null", Null(field with { Required = required }));
        }
    }

    [Fact]
    public void AFieldWithinAStructHasItsOwnAndAnEmptyStructIsMadeOfThem()
    {
        Field[] parts = [new(2, "a", PrimitiveType.Int, true) { WriteDefault = "7" }, new(3, "b", PrimitiveType.String, false)];
        using var rows = new Rows(Schema.Of(
            new Field(1, "s", new StructType([.. parts]), true) { WriteDefault = "{}" },
            new Field(4, "t", new StructType([.. parts]), false)));
        var whole = rows.Add("""{"s":{"a":7,"b":null},"t":{"a":7,"b":"x"}}""").Split('|');
        Assert.Equal(whole[0] + "|null", rows.Add("{}"));
        Assert.Equal(string.Join('|', whole), rows.Add("""{"s":{},"t":{"b":"x"}}"""));
    }

    [Theory]
    [InlineData("int", "\"7\"")]
    [InlineData("int", "3000000000")]
    [InlineData("boolean", "1")]
    [InlineData("date", "\"16.11.2017\"")]
    [InlineData("fixed[3]", "\"0001\"")]
    [InlineData("struct<a: int!>", "{}")]
    [InlineData("list<int!>", "[null]")]
    [InlineData("map<string,int>", """{"keys":["a"],"values":[]}""")]
    [InlineData("string", "{")]
    public void WhatIsNoValueOfTheColumnIsNamed(string type, string json)
    {
        var field = Assert.Single(ColumnText.Parse($"v: {type}")) with { WriteDefault = json };
        var error = Assert.Throws<Base.EngineException>(() => new JsonDecoder(Schema.Of(field)));
        Assert.Equal(Base.ErrorKind.Invalid, error.Kind);
        Assert.Contains($"column v: its write default {json}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RawRecordsAndKafkaMetadataFillColumnsThatTheyDoNotKnow()
    {
        var extra = new Field(9, "extra", PrimitiveType.Int, true) { WriteDefault = "5" };
        var schema = Schema.Of(new Field(1, "value", PrimitiveType.String, false), extra);
        using var batch = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        Assert.Equal(DecodeStatus.Ok, new RawDecoder(schema).Decode(new RecordInput("x"u8), batch));
        Assert.True(batch.EndRow());
        Assert.Equal(5, batch.View().Columns[1].Value<int>(0));

        var known = (StructType)KafkaColumn.Field(1).Type;
        var wider = Schema.Of(KafkaColumn.Field(1) with { Type = new StructType([.. known.Fields, extra with { Id = 90 }]) });
        using var metadata = new BatchBuilder(wider, MemoryTag.Scratch, 1 << 20);
        new KafkaColumnWriter(wider).Write(new RecordInput("x"u8) { Topic = "t"u8 }, metadata);
        Assert.True(metadata.EndRow());
        Assert.Equal(5, metadata.View().Columns[0].Children[^1].Value<int>(0));
    }

    private static string Null(Field field)
    {
        using var rows = new Rows(Schema.Of(field));
        return rows.Add(Encoding.UTF8.GetBytes("""{"v":null}"""));
    }
}
