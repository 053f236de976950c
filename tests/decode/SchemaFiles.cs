using System.Text;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class SchemaFiles
{
    private static Schema Read(string json) => SchemaFile.Read(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void IcebergSchemasKeepTheirIds()
    {
        var schema = Read("""
            {"type":"struct","schema-id":3,"identifier-field-ids":[1],"fields":[
              {"id":1,"name":"id","required":true,"type":"long","doc":"key"},
              {"id":7,"name":"price","required":false,"type":"decimal(9, 2)","initial-default":"1.50"},
              {"id":2,"name":"tags","required":false,"type":{"type":"list","element-id":9,"element":"fixed[4]","element-required":true}},
              {"id":3,"name":"m","required":false,"type":{"type":"map","key-id":4,"key":"string","value-id":5,"value-required":false,
                "value":{"type":"struct","fields":[{"id":6,"name":"x","required":false,"type":"timestamptz_ns"}]}}}]}
            """);
        Assert.Equal("id: long!, price: decimal(9,2), tags: list<fixed[4]!>, m: map<string, struct<x: timestamptz_ns>>",
            ColumnText.Format(schema.Fields));
        Assert.Equal((3, 7, 9, 6, 1),
            (schema.SchemaId, schema.Fields[1].Id, schema.FindByPath("tags.element")!.Id, schema.FindByPath("m.value.x")!.Id,
            schema.IdentifierFieldIds[0]));
        Assert.Equal(("key", "\"1.50\""), (schema.Fields[0].Doc, schema.Fields[1].InitialDefault));
    }

    [Theory]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"strng"}]}""", "$.fields[0].type: unknown type strng")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","required":true}]}""", "$.fields[0]: type is missing")]
    [InlineData("""{"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":"int"},{"id":1,"name":"b","required":true,"type":"int"}]}""", "$.fields[1]: id 1 is taken by another field")]
    [InlineData("""{"type":"struct","fields":[]}""", "$: a struct has a field")]
    [InlineData("""{"type":"struct","fields":[{"id":"x","name":"a","required":true,"type":"int"}]}""", "schema file: ")]
    [InlineData("""{"type":"string"}""", "$: no table schema")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"other.json"}}}""", "$.properties.a: $ref other.json: only definitions")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}}}""", "leads nowhere")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"money"}}}""", "$.properties.a.type: unknown type money")]
    [InlineData("[1]", "$: a schema is a JSON object")]
    [InlineData("{", "not JSON")]
    public void ErrorsNameThePlace(string json, string expected)
    {
        var error = Assert.Throws<EngineException>(() => Read(json));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string", """{"type":"string"}""")]
    [InlineData("string!", """{"type":"string"}""", "a")]
    [InlineData("string", """{"type":["string","null"]}""", "a")]
    [InlineData("timestamptz", """{"type":"string","format":"date-time"}""")]
    [InlineData("date", """{"type":"string","format":"date"}""")]
    [InlineData("string", """{"type":"string","format":"time"}""")]
    [InlineData("uuid", """{"type":"string","format":"uuid"}""")]
    [InlineData("binary", """{"type":"string","contentEncoding":"base64"}""")]
    [InlineData("long", """{"type":"integer"}""")]
    [InlineData("int", """{"type":"integer","format":"int32"}""")]
    [InlineData("double", """{"type":["integer","number"]}""")]
    [InlineData("float", """{"type":"number","format":"float"}""")]
    [InlineData("boolean", """{"type":"boolean"}""")]
    [InlineData("string", """{"type":["string","integer"]}""")]
    [InlineData("string", "{}")]
    [InlineData("string", "true")]
    [InlineData("string", """{"enum":["a","b",null]}""", "a")]
    [InlineData("long!", """{"const":5}""", "a")]
    [InlineData("list<long!>", """{"type":"array","items":{"type":"integer"}}""")]
    [InlineData("list<string>", """{"type":"array"}""")]
    [InlineData("string", """{"type":"array","prefixItems":[{"type":"integer"}]}""")]
    [InlineData("struct<x: long!, y: double>", """{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"number"}},"required":["x"]}""")]
    [InlineData("map<string, double!>", """{"type":"object","additionalProperties":{"type":"number"}}""")]
    [InlineData("map<string, string>", """{"type":"object","additionalProperties":true}""")]
    [InlineData("string", """{"type":"object"}""")]
    [InlineData("uuid", """{"$ref":"#/$defs/id"}""")]
    [InlineData("uuid", """{"anyOf":[{"type":"null"},{"$ref":"#/definitions/a~1b"}]}""", "a")]
    [InlineData("long!", """{"allOf":[{"type":"integer"}]}""", "a")]
    [InlineData("string", """{"oneOf":[{"type":"integer"},{"type":"string"}]}""")]
    [InlineData("string", """{"allOf":[{"type":"string"},{"minLength":1}]}""")]
    [InlineData("struct<x: long!, y: string>", """{"properties":{"x":{"type":"integer"}},"allOf":[{"properties":{"y":{}}},{"required":["x"]}]}""")]
    [InlineData("struct<x: long>", """{"properties":{"x":{"type":"integer"}},"anyOf":[{"required":["x"]},{"required":["y"]}]}""")]
    [InlineData("struct<next: string, x: long>", """{"$ref":"#/$defs/node"}""")]
    [InlineData("uuid", """{"$ref":"#identity"}""")]
    [InlineData("uuid", """{"$ref":"#/$defs/id","description":"beside it"}""")]
    [InlineData("struct<x: long>", """{"type":"object","properties":{"x":{"type":"integer"},"never":false}}""")]
    [InlineData("decimal(38,0)", """{"type":"integer","maximum":18446744073709551615}""")]
    [InlineData("int", """{"type":"integer","connect.type":"int16"}""")]
    [InlineData("decimal(38,2)", """{"title":"org.apache.kafka.connect.data.Decimal","type":"number","connect.parameters":{"scale":"2"}}""")]
    [InlineData("timestamptz", """{"type":"integer","title":"org.apache.kafka.connect.data.Timestamp"}""")]
    public void JsonSchemasBecomeColumns(string expected, string property, string required = "")
    {
        var schema = Read("{\"type\":\"object\",\"properties\":{\"a\":" + property + "},\"required\":[\"" + required
            + "\"],\"$defs\":{\"id\":{\"$anchor\":\"identity\",\"type\":\"string\",\"format\":\"uuid\"},"
            + "\"node\":{\"properties\":{\"next\":{\"$ref\":\"#/$defs/node\"},\"x\":{\"type\":\"integer\"}}}},"
            + "\"definitions\":{\"a/b\":{\"$ref\":\"#/$defs/id\"}}}");
        Assert.Equal("a: " + expected, ColumnText.Format(schema.Fields));
        Assert.Equal(1, schema.Fields[0].Id);
    }
}
