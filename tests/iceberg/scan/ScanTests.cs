using System.Text;
using System.Text.Json;

using K2I.Base;
using K2I.Columns;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

[Collection(JudgeTables.Collection)]
public sealed class ScanTests(JudgeTables tables)
{
    [SharedFact(Judge.Program)]
    public void ChosenColumnsComeInTheirOrderAndStructsKeepOnlyWhatIsWanted()
    {
        var warehouse = tables.Warehouse;
        var store = new LocalStore(warehouse);
        var table = new FileCatalog(store, warehouse, strictNames: false).Load(new TableIdent(["t"], "v2-nested"));
        var expected = File.ReadLines(Path.Join(warehouse, "t", "v2-nested", "expected", "current.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).Select(r =>
        {
            var st = r.GetProperty("st");
            var inner = st.ValueKind == JsonValueKind.Null ? "null" : Inner(st);
            return $$"""{"ll":{{r.GetProperty("ll").GetRawText()}},"st":{{inner}},"id":{{r.GetProperty("id").GetRawText()}}}""";

            static string Inner(JsonElement st)
            {
                var inside = st.GetProperty("in");
                var y = inside.ValueKind == JsonValueKind.Null ? "null" : $$"""{"y":{{inside.GetProperty("y").GetRawText()}}}""";
                return $$"""{"a":{{st.GetProperty("a").GetRawText()}},"in":{{y}}}""";
            }
        }).ToList();
        Assert.Equal(expected, Rows(new TableScan(table, store, new ScanRequest { Columns = ["ll", "st.in.y", "id", "st.a"] })));

        var some = Rows(new TableScan(table, store, new ScanRequest { Columns = ["ll", "st.in.y", "id", "st.a"], Filter = ScanFilter.Parse("st.in.x is not null and rs.n > 0") }));
        var kept = File.ReadLines(Path.Join(warehouse, "t", "v2-nested", "expected", "current.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)
            .Select((r, i) => (Row: r, Line: expected[i]))
            .Where(r => r.Row.GetProperty("st") is { ValueKind: JsonValueKind.Object } st && st.GetProperty("in") is { ValueKind: JsonValueKind.Object } inside
                && inside.GetProperty("x").ValueKind != JsonValueKind.Null && r.Row.GetProperty("rs").GetProperty("n") is { ValueKind: JsonValueKind.Number } n && n.GetInt64() > 0)
            .Select(r => r.Line);
        Assert.Equal(kept, some);
    }

    [Fact]
    public void ATableOfOursReadsBackWithItsMetadataColumns()
    {
        using var temp = new TempFolder();
        var store = new LocalStore(temp.Path);
        var catalog = new FileCatalog(store, temp.Path);
        var schema = FieldIds.AssignFresh(Schema.Of(new Field(0, "id", PrimitiveType.Long, true), new Field(0, "s", PrimitiveType.String, false)));
        var table = catalog.Create(new TableIdent(["ns"], "t"), new TableCreation { Schema = schema });
        Assert.Empty(Rows(new TableScan(table, store)));

        var location = $"{table.Metadata.Location}/data/f.parquet";
        using (var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20))
        {
            for (var i = 0; i < 3; i++)
            {
                builder.Column(0).AppendLong(i);
                if (i == 1) builder.Column(1).AppendNull();
                else builder.Column(1).AppendBytes("a\"\n\\\u0001é😀"u8);
                builder.EndRow();
            }
            using var bytes = new MemoryStream();
            using var writer = new ParquetWriter(schema, ParquetOptions.Default, new StreamSink(bytes));
            writer.Write(builder.View(), 0, 3);
            writer.Finish();
            store.Put(location, bytes.ToArray());
        }
        var file = new DataFile { FilePath = location, RecordCount = 3, FileSizeBytes = store.Length(location) };
        var scan = new TableScan(table, store, new ScanRequest { MetadataColumns = true });
        using var reader = scan.Read([new ScanTask(new ManifestEntry(EntryStatus.Added, new(1), 1, 1, file), [])]);
        var text = """{"id":0,"s":"a\"\n\\\u0001é😀","_file":"LOCATION","_pos":0,"_spec_id":0}""";
        Assert.Equal(
        [
            text.Replace("LOCATION", location, StringComparison.Ordinal),
            $$"""{"id":1,"s":null,"_file":"{{location}}","_pos":1,"_spec_id":0}""",
            text.Replace("LOCATION", location, StringComparison.Ordinal).Replace(":0,", ":2,", StringComparison.Ordinal).Replace("_spec_id\":2", "_spec_id\":0", StringComparison.Ordinal),
        ], Rows(reader));
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "1.0E-4")]
    [InlineData(9999999.0, "9999999.0")]
    [InlineData(12345678.0, "1.2345678E7")]
    [InlineData(1e22, "1.0E22")]
    [InlineData(1e23, "1.0E23")]
    [InlineData(-0.00012345678901234567, "-1.2345678901234567E-4")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(4.9E-324, "4.9E-324")]
    [InlineData(1.7976931348623157E308, "1.7976931348623157E308")]
    [InlineData(double.NaN, "\"NaN\"")]
    [InlineData(double.NegativeInfinity, "\"-Infinity\"")]
    public void NumbersArePrintedAsJavaPrintsThem(double value, string text) => Assert.Equal(text, JsonOf(value));

    [Theory]
    [InlineData(1.4E-45f, "1.4E-45")]
    [InlineData(3.4028235E38f, "3.4028235E38")]
    [InlineData(0.1f, "0.1")]
    [InlineData(16777216f, "1.6777216E7")]
    public void FloatsArePrintedAsJavaPrintsThem(float value, string text) => Assert.Equal(text, JsonOf(value));

    private static string JsonOf<T>(T value)
        where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Span<byte> text = stackalloc byte[FloatJson.MostBytes];
        return System.Text.Encoding.ASCII.GetString(text[..FloatJson.Write(value, text)]);
    }

    [Fact]
    public void WhatIsNotThereIsNamed()
    {
        using var temp = new TempFolder();
        var store = new LocalStore(temp.Path);
        var table = new FileCatalog(store, temp.Path).Create(new TableIdent(["ns"], "t"), new TableCreation { Schema = FieldIds.AssignFresh(Schema.Of(new Field(0, "id", PrimitiveType.Long, true))) });
        foreach (var request in new[] { new ScanRequest { SnapshotId = new(5) }, new ScanRequest { Reference = "b" }, new ScanRequest { Columns = ["x"] }, new ScanRequest { Filter = ScanFilter.Parse("y = 1") } })
            Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => new TableScan(table, store, request)).Kind);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => new TableScan(table, store, new ScanRequest { Filter = ScanFilter.Parse("id = x") })).Kind);
    }

    private static List<string> Rows(TableScan scan)
    {
        using var reader = scan.Read();
        return Rows(reader);
    }

    private static List<string> Rows(ScanReader reader)
    {
        var json = new RowJson();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return [.. Encoding.UTF8.GetString(json.Written).Split('\n')[..^1]];
    }

    private sealed class StreamSink(Stream stream) : IByteSink
    {
        public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);
    }
}
