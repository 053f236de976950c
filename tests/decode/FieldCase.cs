using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class FieldCase
{
    private const string Columns = "id: long, name: string, a_rather_long_name: long, o: struct<x: long, y: long>, größe: long";

    private static readonly JsonDecoderOptions AnyCase = new() { CaseSensitive = false, UnknownFields = UnknownFields.Refuse };

    private static Schema Of(string columns) => FieldIds.NewSchema(ColumnText.Parse(columns));

    [Theory]
    [InlineData("""{"id":1,"name":"n"}""", "1|n|null|null|null")]
    [InlineData("""{"ID":1,"Name":"n","A_RATHER_LONG_NAME":2,"O":{"X":3,"y":4}}""", "1|n|2|{x=3,y=4}|null")]
    [InlineData("""{"\u0049d":1}""", "1|null|null|null|null")]
    [InlineData("""{"GRößE":5}""", "null|null|null|null|5")]
    [InlineData("""{"GRÖßE":5}""", "UnknownField")]
    [InlineData("""{"id":1,"ID":2}""", "DuplicateKey")]
    [InlineData("""{"ID":1,"id":2}""", "DuplicateKey")]
    [InlineData("""{"i`":1}""", "UnknownField")]
    [InlineData("""{"_KAFKA":1}""", "null|null|null|null|null")]
    public void CaseDoesNotMatterWhereItIsNotToCount(string json, string expected)
    {
        using var rows = new Rows(Of(Columns), AnyCase);
        for (var time = 0; time < 3; time++) Assert.Equal(expected, rows.Add(json));
        Assert.Equal("1|n|null|{x=3,y=null}|null", rows.Add("""{"id":1,"name":"n","o":{"x":3}}"""));
        Assert.Equal(expected, rows.Add(json));
    }

    [Fact]
    public void ColumnsThatDifferInCaseAloneTakeTheFieldsOfTheirVeryName()
    {
        using var rows = new Rows(Of("id: long, ID: long"), AnyCase);
        Assert.Equal("1|2", rows.Add("""{"id":1,"ID":2}"""));
        Assert.Equal("1|2", rows.Add("""{"ID":2,"id":1}"""));
        Assert.Equal("UnknownField", rows.Add("""{"Id":3}"""));
    }

    [Fact]
    public void AFieldInAnotherCaseIsToldOnceForAColumn()
    {
        List<string> told = [];
        using var rows = new Rows(Of(Columns), new() { OnFieldInOtherCase = (column, field) => told.Add($"{column}<{field}") });
        rows.Add("""{"ID":1,"NAME":"x"}""");
        Assert.Equal(["id<ID", "name<NAME"], told);
        rows.Add("""{"ID":1,"NAME":"x","o":{"X":1}}""");
        rows.Add("""{"Id":1,"NAME":"x","o":{"X":1}}""");
        rows.Add("""{"Id":1,"name":"x","o":{"X":1,"Y":1}}""");
        rows.Add("""{"Id":1,"name":"x","o":{"X":1,"Y":1}}""");
        Assert.Equal(["id<ID", "name<NAME", "o.x<X", "o.y<Y"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AFieldBesideItsColumnsOwnIsNotTold()
    {
        List<string> told = [];
        using var rows = new Rows(Of(Columns), new() { OnFieldInOtherCase = (column, field) => told.Add($"{column}<{field}") });
        Assert.Equal("2|null|null|null|null", rows.Add("""{"ID":1,"id":2}"""));
        Assert.Equal("2|null|null|null|null", rows.Add("""{"id":2,"ID":1}"""));
        Assert.Empty(told);
    }

    [Theory]
    [InlineData("""{"id":1}""", 0)]
    [InlineData("""{"id":1,"x":null,"y":{},"z":[[]]}""", 0)]
    [InlineData("""{"ID":1,"x":{"a":1,"b":2},"o":{"z":1,"x":2},"_kafka":1}""", 4)]
    public void FieldsThatNoColumnTakesAreCounted(string json, int expected)
    {
        using var rows = new Rows(Of(Columns));
        rows.Add(json);
        Assert.Equal(expected, rows.Decoder.IgnoredFields);
        rows.Decoder.Decode(new RecordInput([], valueIsNull: true), rows.Batch);
        Assert.Equal(0, rows.Decoder.IgnoredFields);
    }

    [Fact]
    public void WhereCaseDoesNotCountNoColumnIsMadeOfAVariant()
    {
        using var rows = new Rows(Of(Columns), AnyCase with { UnknownFields = UnknownFields.Evolve });
        const string json = """{"ID":1,"o":{"X":1,"Z":2},"Other":3,"OTHER":4,"_Kafka":{"a":1}}""";
        Assert.Equal("NewField", rows.Add(json));
        Assert.Equal(["o/Z: long", "/Other: long"], rows.NewFields([Encoding.UTF8.GetBytes(json)]).Select(n => $"{n.ParentPath}/{ColumnText.Format([n.Field])}"));
        var inference = new SchemaInference(AnyCase);
        foreach (var sample in (string[])["""{"Id":1,"o":{"A":1}}""", """{"ID":2.5,"O":{"a":null,"b":"x"}}"""]) Assert.True(inference.Add(Encoding.UTF8.GetBytes(sample)));
        Assert.Equal("columns = Id: double, o: struct<A: long, b: string>", inference.Result().ToConfigLine());
    }
}
