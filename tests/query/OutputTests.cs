using System.Buffers;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using K2I.Columns;
using K2I.Iceberg.Tests;
using Schema = K2I.Columns.Schema;

namespace K2I.Query.Tests;

/// <summary>Rows encoded, and read again by someone else.</summary>
public class OutputTests
{
    private static readonly Schema Mixed = FieldIds.NewSchema(
    [
        new(1, "n", PrimitiveType.Long, true),
        new(2, "text", PrimitiveType.String, false),
        new(3, "s", new StructType(
            [new(4, "x", PrimitiveType.Int, false), new(5, "l", ListType.Of(6, PrimitiveType.String, false), false)]), false),
        new(7, "ok", PrimitiveType.Boolean, false),
    ]);

    [Fact]
    public void AJsonArrayHasTheRowsThatLinesHave()
    {
        using var table = Table(2_000);
        foreach (var where in new[] { null, "ok = true", "n < 0", "n = 7" })
        {
            var question = new ScanQuestion { Table = HotTable.Name, Where = where };
            var (array, lines) = (Encode(table, question, b => new JsonRows(b)), Answers.Rows(table, question));
            using var json = JsonDocument.Parse(array);
            Assert.Equal(lines, json.RootElement.EnumerateArray().Select(r => r.GetRawText()));
        }
    }

    [Fact]
    public void AnArrowStreamHasTheRowsThatLinesHave()
    {
        using var table = Table(40_000);
        foreach (var where in new[] { null, "ok = true", "n < 0", "n >= 17000 and n < 17100", "n > 30" })
        {
            var question = new ScanQuestion { Table = HotTable.Name, Columns = ["n", "text", "s.l"], Where = where };
            var lines = Answers.Rows(table, question);
            Assert.Equal(lines, ArrowRows(Encode(table, question, b => new ArrowRows(b))));
        }
        var none = new ScanQuestion { Table = HotTable.Name, Where = "n < 0" };
        using var reader = new ArrowStreamReader(Encode(table, none, b => new ArrowRows(b)));
        Assert.Null(reader.ReadNextRecordBatch());
        Assert.Equal(["n", "text", "s", "ok"], reader.Schema.FieldsList.Select(f => f.Name));
    }

    [Fact]
    public void WhatIsCutOffHasNoEnd()
    {
        using var table = Table(3_000);
        foreach (var make in new Func<ArrayBufferWriter<byte>, RowOutput>[] { b => new JsonRows(b), b => new ArrowRows(b) })
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var output = make(buffer);
            using var queries = Answers.Queries(table, Answers.Limits with { MaxBytes = 1000 });
            using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name }, CancellationToken.None);
            Assert.Equal(QueryFault.TooLarge, Assert.Throws<QueryException>(() => stream.TryWrite(output)).Fault);
            Assert.NotEqual([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], buffer.WrittenSpan[^8..].ToArray());
            Assert.NotEqual((byte)']', buffer.WrittenSpan[^2]);
        }
    }

    [Fact]
    public void CsvQuotesWhatNeedsItAndTellsNullFromEmpty()
    {
        using var table = new HotTable(Mixed);
        string?[] texts = [null, "", "a,b", "say \"so\"", " x", "two\nlines", "plain"];
        table.Add(texts.Length, (row, i) =>
        {
            row.Column(0).AppendLong(i);
            if (texts[i] is { } text) row.Column(1).AppendBytes(Encoding.UTF8.GetBytes(text));
            else row.Column(1).AppendNull();
            row.Column(2).AppendNull();
            row.Column(3).AppendBool(true);
        });
        var csv = Encoding.UTF8.GetString(Encode(table, new ScanQuestion { Table = HotTable.Name }, b => new CsvRows(b)).Span);
        Assert.Equal(
            "n,text,s,ok\n0,,,true\n1,\"\",,true\n2,\"a,b\",,true\n"
                + "3,\"say \"\"so\"\"\",,true\n4,\" x\",,true\n5,\"two\nlines\",,true\n6,plain,,true\n", csv);
    }

    [Fact]
    public void AStepWritesAboutAMebibyte()
    {
        using var table = Table(60_000);
        foreach (var make in new Func<ArrayBufferWriter<byte>, RowOutput>[]
            { b => new JsonRows(b), b => new NdjsonRows(b), b => new CsvRows(b), b => new ArrowRows(b) })
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var output = make(buffer);
            using var queries = Answers.Queries(table);
            using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name }, CancellationToken.None);
            long before = 0;
            while (stream.TryWrite(output))
            {
                Assert.InRange(output.Bytes - before, 0, 3 << 19);
                before = output.Bytes;
            }
            Assert.Equal(buffer.WrittenCount, output.Bytes);
            Assert.False(stream.TryWrite(output));
        }
    }

    private static HotTable Table(int rows)
    {
        var table = new HotTable(Mixed);
        for (var left = rows; left > 0; left -= 20_000)
        {
            table.Add(Math.Min(left, 20_000), (row, i) =>
            {
                row.Column(0).AppendLong(i);
                if (i % 7 == 0) row.Column(1).AppendNull();
                else row.Column(1).AppendBytes(Encoding.UTF8.GetBytes($"text {i % 100} \"é\""));
                if (i % 11 == 0)
                {
                    row.Column(2).AppendNull();
                }
                else
                {
                    row.Column(2).Child(0).AppendInt(i);
                    for (var n = 0; n < i % 3; n++) row.Column(2).Child(1).Child(0).AppendBytes("e"u8);
                    row.Column(2).Child(1).EndList();
                    row.Column(2).EndStruct();
                }
                row.Column(3).AppendBool(i % 5 == 0);
            });
        }
        return table;
    }

    private static ReadOnlyMemory<byte> Encode(HotTable table, ScanQuestion question, Func<ArrayBufferWriter<byte>, RowOutput> make)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var output = make(buffer);
        using var queries = Answers.Queries(table);
        using var stream = queries.Scan(question, CancellationToken.None);
        while (stream.TryWrite(output))
        {
        }
        return buffer.WrittenMemory;
    }

    /// <summary>The rows of a stream with the columns n, text and s.l, as lines have them.</summary>
    private static List<string> ArrowRows(ReadOnlyMemory<byte> stream)
    {
        var rows = new List<string>();
        using var reader = new ArrowStreamReader(stream);
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            using (batch)
            {
                var (n, text, s) = ((Int64Array)batch.Column(0), (StringArray)batch.Column(1), (StructArray)batch.Column(2));
                var lists = (ListArray)s.Fields[0];
                for (var i = 0; i < batch.Length; i++)
                {
                    var list = lists.IsNull(i) ? "null" : Listed((StringArray)lists.GetSlicedValues(i));
                    var inner = s.IsNull(i) ? "null" : $"{{\"l\":{list}}}";
                    rows.Add($"{{\"n\":{n.GetValue(i)},\"text\":{Quoted(text.GetString(i))},\"s\":{inner}}}");
                }
            }
        }
        return rows;
    }

    private static string Listed(StringArray list) =>
        $"[{string.Join(",", Enumerable.Range(0, list.Length).Select(e => Quoted(list.GetString(e))))}]";

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
