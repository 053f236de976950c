using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>JSON in columns of type variant, to the byte. Source of the bytes: parquet-format, VariantEncoding.md.</summary>
public sealed class Variants
{
    [Theory]
    [InlineData("true", "04")]
    [InlineData("false", "08")]
    [InlineData("0", "0c00")]
    [InlineData("-128", "0c80")]
    [InlineData("200", "10c800")]
    [InlineData("100000", "14a0860100")]
    [InlineData("3000000000", "18005ed0b200000000")]
    [InlineData("-9223372036854775808", "180000000000000080")]
    [InlineData("12345678901234567890", "2800d20a1feb8ca954ab0000000000000000")]
    [InlineData("1.5", "20010f000000")]
    [InlineData("-0.10", "2002f6ffffff")]
    [InlineData("1234567890.5", "2401391cdcdf02000000")]
    [InlineData("0.0000000001", "240a0100000000000000")]
    [InlineData("1e2", "1c0000000000005940")]
    [InlineData("-0", "0c00")]
    [InlineData("-0.0", "200100000000")]
    [InlineData("-0e0", "1c0000000000000080")]
    [InlineData("\"\"", "01")]
    [InlineData("\"abc\"", "0d616263")]
    [InlineData("\"\\u00e9\"", "09c3a9")]
    [InlineData("[]", "030000")]
    [InlineData("[null]", "0301000100")]
    [InlineData("[1,[true]]", "0302000207" + "0c01" + "0301000104")]
    [InlineData("{}", "020000")]
    public void ValuesWithoutNamesAreTheSpecsBytes(string json, string bytes) =>
        Assert.Equal($"{{metadata=010000,value={bytes}}}", Rows.Of(VariantType.Instance, json));

    /// <summary>Names are sorted, and so are the ids of each object; values stay in the order of the text.</summary>
    [Theory]
    [InlineData("""{"b":1,"a":2}""", "1102000102" + "6162", "02020001020004" + "0c01" + "0c02")]
    [InlineData("""{"a":{"b":1},"b":"x"}""", "1102000102" + "6162", "02020001000709" + "020101" + "0002" + "0c01" + "0578")]
    [InlineData("""[{"é":null},{"é":true}]""", "11010002c3a9", "030200060c" + "020100000100" + "020100000104")]
    public void NamesAreSortedAndEachStandsOnce(string json, string metadata, string value) =>
        Assert.Equal($"{{metadata={metadata},value={value}}}", Rows.Of(VariantType.Instance, json));

    [Fact]
    public void LongTextsAndManyValuesHaveWiderNumbers()
    {
        var text = new string('x', 64);
        var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
        Assert.Equal($"{{metadata=010000,value=4040000000{hex}}}", Rows.Of(VariantType.Instance, $"\"{text}\""));
        // 300 values of 2 bytes: a count of 4 bytes, offsets of 2.
        var many = Rows.Of(VariantType.Instance, $"[{string.Join(',', Enumerable.Repeat("7", 300))}]");
        Assert.StartsWith("{metadata=010000,value=172c010000" + "00000200", many, StringComparison.Ordinal);
        Assert.Equal(5 + (301 * 2) + (300 * 2), (many.Length - "{metadata=010000,value=}".Length) / 2);
        // More names than the first table of them has room for.
        var members = Enumerable.Range(0, 300).Select(i => $"\"n{i:000}\":{i % 10}");
        var names = Rows.Of(VariantType.Instance, $"{{{string.Join(',', members)}}}");
        Assert.StartsWith("{metadata=51" + "2c01" + "00000400", names, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("""{"a":1,"a":1}""", "DuplicateKey")]
    [InlineData("""[{"a":{"b":1,"c":2,"b":3}}]""", "DuplicateKey")]
    [InlineData("[1e999]", "Overflow")]
    [InlineData("[01]", "InvalidJson")]
    [InlineData("[1", "InvalidJson")]
    [InlineData("{\"a\"}", "InvalidJson")]
    [InlineData("[\"\\ud800\"]", "InvalidUtf8")]
    [InlineData("[[[[1]]]]", "TooDeep")]
    [InlineData("""{"a":1,"b":2,"c":3,"d":4}""", "TooManyFields")]
    public void WhatIsNoJsonIsRefused(string json, string error) =>
        Assert.Equal(error, Rows.Of(VariantType.Instance, json, new() { MaxDepth = 4, MaxFields = 3 }));

    [Fact]
    public void ARefusedValueLeavesNothingToTheNext()
    {
        using var rows = new Rows(Schema.Of(new Field(1, "v", VariantType.Instance, true)));
        Assert.Equal("MissingRequired", rows.Add("""{"v":null}"""));
        Assert.Equal("DuplicateKey", rows.Add("""{"v":{"x":{"a":1,"a":2}}}"""));
        Assert.Equal("{metadata=1101000162,value=02010000020c05}", rows.Add("""{"v":{"b":5}}"""));
        Assert.Equal(1, rows.Batch.Rows);
    }

    /// <summary>The row that does not fit is given back whole, and fits into an empty batch.</summary>
    [Fact]
    public void AFullBatchTakesNoPartOfAVariant()
    {
        using var rows = new Rows(Schema.Of(new Field(1, "v", VariantType.Instance, false)), budgetBytes: 64 << 10);
        var json = $$$"""{"v":{"text":"{{{new string('y', 1000)}}}"}}""";
        var count = 0;
        while (rows.Add(json) != "Full") count++;
        Assert.Equal(count, rows.Batch.Rows);
        Assert.True(count > 10);
    }

    [Theory]
    [InlineData("v: variant", true)]
    [InlineData("v: list<variant>, s: struct<a: variant!>", true)]
    [InlineData("m: map<variant, int>", false)]
    public void ColumnsAreDeclaredVariant(string text, bool isGood)
    {
        Assert.Equal(isGood, ColumnText.TryParse(text, out var fields, out _));
        if (isGood) Assert.Equal(text, ColumnText.Format(fields));
    }
}
