using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>What a person reads in a dead letter.</summary>
public class RefusedRecords
{
    private static string Error(string columns, ReadOnlySpan<byte> record, JsonDecoderOptions? options = null)
    {
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse(columns)), options);
        Assert.NotEqual(DecodeStatus.Ok, rows.Decoder.Decode(new RecordInput(record), rows.Batch));
        return rows.Decoder.Error.ToString();
    }

    private static string Error(string columns, string record, JsonDecoderOptions? options = null) => Error(columns, Encoding.UTF8.GetBytes(record), options);

    [Theory]
    [InlineData("""{"id":1,"extra":2}""", "extra: unknown field at byte 8")]
    [InlineData("""{"a":{"x\ny":1}}""", "a.x\\u000ay: unknown field at byte 6")]
    [InlineData("""{"a":{"\u202eq\"r":1}}""", "a.\\u202eq\"r: unknown field at byte 6")]
    [InlineData("""{"ID":1}""", "ID: unknown field at byte 1; the column is id, and case counts unless case_sensitive = false")]
    [InlineData("""{"a":{"b":1,"B":2}}""", "a.B: unknown field at byte 12; the column is b, and case counts unless case_sensitive = false")]
    public void AnUnknownFieldIsNamed(string record, string expected) =>
        Assert.Equal(expected, Error("id: long, a: struct<b: long>", record, new() { UnknownFields = UnknownFields.Refuse }));

    [Fact]
    public void LongNamesAreCut()
    {
        var refuse = new JsonDecoderOptions { UnknownFields = UnknownFields.Refuse };
        Assert.Equal(new string('x', 100) + "…: unknown field at byte 1", Error("id: long", $$"""{"{{new string('x', 100_000)}}":1}""", refuse));
        Assert.Equal(new string('x', 100) + ": unknown field at byte 1", Error("id: long", $$"""{"{{new string('x', 100)}}":1}""", refuse));
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 100)) + "…: unknown field at byte 1", Error("id: long", $$"""{"{{string.Concat(Enumerable.Repeat("😀", 101))}}":1}""", refuse));
        Assert.StartsWith(new string('é', 100) + "…: text", Error(new string('é', 300) + ": int", $$"""{"{{new string('é', 300)}}":"x"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timestamptz", "\"2024-01-31T12:00:00\"", "v: text that is no such value at byte 5 (timestamptz); it has no zone, such as Z or +01:00; a timestamp column takes it")]
    [InlineData("timestamptz", "\"2024-01-31T12:00:00\\u002e5\"", "v: text that is no such value at byte 5 (timestamptz); it has no zone, such as Z or +01:00; a timestamp column takes it")]
    [InlineData("timestamptz_ns", "\"2024-01-31 12:00\"", "v: text that is no such value at byte 5 (timestamptz_ns); it has no zone, such as Z or +01:00; a timestamp column takes it")]
    [InlineData("timestamp", "\"2024-01-31T12:00:00Z\"", "v: text that is no such value at byte 5 (timestamp); it has a zone; a timestamptz column takes it")]
    [InlineData("timestamptz", "\"2024-01-31\"", "v: text that is no such value at byte 5 (timestamptz); it has no time of day")]
    [InlineData("timestamptz", "\"2024-01-31T12:00:00Zx\"", "v: text that is no such value at byte 5 (timestamptz)")]
    [InlineData("timestamptz", "\"soon\"", "v: text that is no such value at byte 5 (timestamptz)")]
    [InlineData("timestamptz", "\"\"", "v: text that is no such value at byte 5 (timestamptz)")]
    [InlineData("uuid", "\"2024-01-31T12:00:00\"", "v: text that is no such value at byte 5 (uuid)")]
    public void AMissingZoneIsNamed(string type, string json, string expected) => Assert.Equal(expected, Error("v: " + type, $$"""{"v":{{json}}}"""));

    [Theory]
    [InlineData("timestamptz", "1700000000123456", "it looks like microseconds: timestamp_unit.v = us")]
    [InlineData("timestamp", "1700000000123456789", "it looks like nanoseconds: timestamp_unit.v = ns")]
    [InlineData("timestamptz_ns", "1700000000123456", "it looks like microseconds: timestamp_unit.v = us")]
    [InlineData("date", "1700000000", "it looks like seconds, and a date's numbers are days")]
    [InlineData("date", "1700000000000", "it looks like milliseconds, and a date's numbers are days")]
    [InlineData("timestamptz", "1e30", null)]
    [InlineData("timestamptz", "9e15", null)]
    [InlineData("timestamptz", "-1700000000123456", null)]
    [InlineData("time", "1700000000123", null)]
    [InlineData("timestamptz", "\"9999-12-31T23:59:59-00:01\"", null)]
    public void AnotherUnitIsSuggestedWhereItFits(string type, string json, string? hint) =>
        Assert.Equal($"v: out of range at byte 5 ({type}){(hint is null ? "" : "; " + hint)}", Error("v: " + type, $$"""{"v":{{json}}}"""));

    [Theory]
    [InlineData("long", "10.5", "more digits after the point than the column keeps at byte 5 (long); fractions need a double or a decimal, which a new table can have")]
    [InlineData("int", "0.1", "more digits after the point than the column keeps at byte 5 (int); fractions need a double or a decimal, which a new table can have")]
    [InlineData("long", "12345678901234567890", "out of range at byte 5 (long); larger numbers need a decimal(38,0), which a new table can have")]
    [InlineData("decimal(4,1)", "10.55", "more digits after the point than the column keeps at byte 5 (decimal(4, 1))")]
    public void NumbersThatDoNotFitSayWhatWouldHoldThem(string type, string json, string expected) => Assert.Equal("v: " + expected, Error("v: " + type, $$"""{"v":{{json}}}"""));

    [Theory]
    [InlineData("{\"v\":1}", "invalid JSON at byte 0; it looks like a schema registry's frame (byte 0, schema 305419896), and only plain JSON is read")]
    [InlineData("\u0002\u0004ab", "invalid JSON at byte 0; it looks like a schema registry's frame (byte 0, schema 305419896), and only plain JSON is read")]
    public void ARegistrysFrameIsRecognized(string payload, string expected) => Assert.Equal(expected, Error("v: long", [0, 0x12, 0x34, 0x56, 0x78, .. Encoding.UTF8.GetBytes(payload)]));

    [Fact]
    public void AFrameOfBytesThatAreNoTextIsRecognizedToo() =>
        Assert.Equal("invalid UTF-8 at byte 5; it looks like a schema registry's frame (byte 0, schema 7), and only plain JSON is read", Error("v: long", [0, 0, 0, 0, 7, 0xFF, 2]));

    [Theory]
    [InlineData(false, false, "invalid JSON at byte 1")]
    [InlineData(true, false, "invalid JSON at byte 0")]
    [InlineData(false, true, "invalid UTF-8 at byte 0")]
    [InlineData(true, true, "invalid UTF-8 at byte 0")]
    public void Utf16IsRecognized(bool bigEndian, bool mark, string expected)
    {
        var encoding = new UnicodeEncoding(bigEndian, mark);
        Assert.Equal(expected + "; it looks like UTF-16, and JSON is UTF-8", Error("v: long", [.. encoding.GetPreamble(), .. encoding.GetBytes("{\"v\":1}")]));
    }

    [Fact]
    public void GzipIsRecognized() => Assert.Equal("invalid UTF-8 at byte 1; it looks like gzip", Error("v: long", [0x1F, 0x8B, 8, 0, 0]));

    [Theory]
    [InlineData("{\"v\":1,", "invalid JSON at byte 7")]
    [InlineData("xyzabc", "invalid JSON at byte 0")]
    [InlineData("", "invalid JSON at byte 0")]
    [InlineData("\0\0\0\0\0", "invalid JSON at byte 0")]
    public void OtherBytesGetNoHint(string record, string expected) => Assert.Equal(expected, Error("v: long!", record));

    [Fact]
    public void ARequiredFieldInAnotherCaseIsNamed()
    {
        Assert.Equal("id: required value missing at byte 9 (long); the record has Id, and case counts unless case_sensitive = false", Error("id: long!", """{"Id":123}"""));
        Assert.Equal("id: required value missing at byte 9 (long)", Error("id: long!", """{"IQ":123}"""));
    }
}
