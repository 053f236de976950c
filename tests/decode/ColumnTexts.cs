using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class ColumnTexts
{
    [Theory]
    [InlineData("event_id: string!, user_id: long, amount: decimal(10,2), tags: list<string>, address: struct<city: string, zip: int>, attrs: map<string, string>")]
    [InlineData("a: boolean, b: float!, c: double, d: date, e: time, f: timestamp, g: timestamptz, h: timestamp_ns, i: timestamptz_ns, j: uuid, k: fixed[16], l: binary")]
    [InlineData("`a b`: list<list<int!>!>!, `x``y`: map<int, struct<`q.r`: long!>!>, größe: int, a-b$: int")]
    public void WhatFormatWritesParseReads(string text) => Assert.Equal(text, ColumnText.Format(ColumnText.Parse(text)));

    [Fact]
    public void WhiteSpaceCaseAndQuotesAreFree() =>
        Assert.Equal("a: long!, `b c`: decimal(9,0), d: struct<e: int>", ColumnText.Format(ColumnText.Parse("\n a :LONG !,\n \"b c\" : decimal( 9 , 0 ),\n d:struct<e:int,>,\n")));

    [Theory]
    [InlineData("a: strng", "unknown type strng; did you mean string? (character 4)")]
    [InlineData("a: bigint", "unknown type bigint; did you mean long? (character 4)")]
    [InlineData("a int", "a colon and the type of a expected (character 3)")]
    [InlineData("a: int b: int", "a comma and the next column expected (character 8)")]
    [InlineData("a: decimal(39,0)", "a decimal has 1 to 38 digits, and no more of them after the point (character 4)")]
    [InlineData("a: decimal", "(precision,scale) of the decimal expected (character 11)")]
    [InlineData("a: fixed[0]", "a fixed type has at least one byte (character 4)")]
    [InlineData("a: struct<>", "a struct needs a field (character 4)")]
    [InlineData("a: struct<b: int", "a comma or > expected (character 17)")]
    [InlineData("a: list<int", "> after the element type expected (character 12)")]
    [InlineData("a: map<list<int>, int>", "a map's keys are of a primitive type (character 8)")]
    [InlineData("`a: int", "a quoted name is not ended (character 1)")]
    [InlineData("a: int!!", "a comma and the next column expected (character 8)")]
    [InlineData("", "no column is declared; write name: type (character 1)")]
    [InlineData("a.b: int", "a colon and the type of a expected (character 2)")]
    public void ErrorsSayWhereAndWhat(string text, string expected)
    {
        Assert.False(ColumnText.TryParse(text, out _, out var error));
        Assert.Equal(expected, error.ToString());
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => ColumnText.Parse(text)).Kind);
    }

    [Theory]
    [InlineData("b", 8)]
    [InlineData("c.d e", 27)]
    [InlineData("l.element.x", 55)]
    [InlineData("m.value.y", 87)]
    [InlineData("z", 0)]
    public void TheLastColumnOfANameIsFoundInTheText(string path, int at)
    {
        const string Columns = "b: int, b: long, c: struct<`d e`: int>, l: list<struct<x: int>>, m: map<string, struct<y: int>>";
        Assert.Equal(at, ColumnText.PlaceOf(Columns, path));
    }

    [Fact]
    public void DeepNestingIsAnError()
    {
        var text = "a: " + string.Concat(Enumerable.Repeat("list<", 100_000));
        Assert.False(ColumnText.TryParse(text, out _, out var error));
        Assert.StartsWith("nested too deeply", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IdsGoBreadthFirstWithinEachStruct()
    {
        var schema = FieldIds.NewSchema(ColumnText.Parse("a: struct<b: int, c: list<struct<d: int>>>, e: map<string, long>, f: int"));
        string[] paths = ["a", "e", "f", "a.b", "a.c", "a.c.element", "a.c.element.d", "e.key", "e.value"];
        Assert.Equal(Enumerable.Range(1, 9), paths.Select(p => schema.FindByPath(p)!.Id));
        Assert.Equal(9, schema.HighestId());
    }
}
