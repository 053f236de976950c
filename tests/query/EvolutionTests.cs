using System.Text;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query.Tests;

/// <summary>Rows that were decoded with other schemas than the one they are read with.</summary>
public class EvolutionTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly Schema First = FieldIds.NewSchema(
    [
        new(1, "i", PrimitiveType.Int, true),
        new(2, "f", PrimitiveType.Float, false),
        new(3, "d", PrimitiveType.Decimal(5, 1), false),
        new(4, "day", PrimitiveType.Date, false),
        new(5, "gone", PrimitiveType.String, false),
        new(6, "s", new StructType([new(7, "a", PrimitiveType.Int, false), new(8, "b", PrimitiveType.String, false)]), false),
        new(9, "l", ListType.Of(10, PrimitiveType.Int, false), false),
    ]);

    [Fact]
    public void RowsOfOldSchemasReadAsFilesOfThemDo()
    {
        using var hot = Changed(flush: false);
        using var cold = Changed(flush: true);
        foreach (var where in new string?[]
        {
            null, "i > 5000", "i = 3 or i = 10000000003", "f <= 1.5", "not (f > 1.5)", "d = 0.3", "day >= '1970-01-04T00:00:00'",
            "s.a = 10000000002", "s.c is null", "s.c = 'new'", "added is not null", "added = 7 or s.a < 3", "renamed like 'b%'",
        })
        {
            output.WriteLine(where ?? "all");
            var expected = Answers.Rows(cold, QuerySource.Cold, where);
            Assert.Equal(expected.Order(), Answers.Rows(hot, QuerySource.Both, where).Order());
            if (where is not ("s.c = 'new'" or "added is not null")) Assert.NotEmpty(expected);
        }
        var narrow = new ScanQuestion { Table = HotTable.Name, Columns = ["s.c", "l", "i"], Order = OrderBy.Parse("i desc, day") };
        Assert.Equal(Answers.Rows(cold, narrow), Answers.Rows(hot, narrow));
    }

    [Fact]
    public void RowsAheadOfTheMetadataAreReadWithTheirSchema()
    {
        using var table = new HotTable(First);
        table.Add(2, Fill);
        table.Flush();
        var fields = table.Schema.Fields.Add(new(100, "next", PrimitiveType.Long, false));
        var ahead = new Schema(table.Schema.SchemaId + 1, new StructType(fields));
        var segment = table.OpenSegment(ahead);
        table.Append(segment, 1, (row, i) =>
        {
            Fill(row, i);
            row.Column(7).AppendLong(42);
        });
        var question = new ScanQuestion { Table = HotTable.Name, Columns = ["i", "next"], Order = OrderBy.Parse("i") };
        Assert.Equal(["""{"i":0,"next":null}""", """{"i":1,"next":null}""", """{"i":2,"next":42}"""], Answers.Rows(table, question));
        Assert.Equal(["""{"i":2,"next":42}"""], Answers.Rows(table, question with { Where = "next > 1" }));
    }

    [Fact]
    public void AScanKeepsItsSchemaWhileTheTableChanges()
    {
        using var table = new HotTable(First);
        table.Add(3, Fill);
        table.Flush();
        table.Add(2, Fill);
        using var queries = Answers.Queries(table);
        using var stream = queries.Scan(new ScanQuestion { Table = HotTable.Name, Where = "gone is not null" }, CancellationToken.None);
        table.Change(new UpdateSchema().Drop("gone").Widen("i", PrimitiveType.Long));
        var rows = Answers.Rows(stream);
        Assert.Equal(5, rows.Length);
        Assert.All(rows, r => Assert.Contains("\"gone\":\"g", r, StringComparison.Ordinal));
    }

    private static HotTable Changed(bool flush)
    {
        var table = new HotTable(First);
        table.Add(40, Fill);
        if (flush) table.Flush();
        table.Change(new UpdateSchema().Widen("i", PrimitiveType.Long).Widen("f", PrimitiveType.Double)
            .Widen("d", PrimitiveType.Decimal(20, 1)).Widen("day", PrimitiveType.Timestamp).Widen("s.a", PrimitiveType.Long)
            .Widen("l.element", PrimitiveType.Long));
        table.Add(40, (row, i) =>
        {
            row.Column(0).AppendLong(10_000_000_000 + (i % 5));
            row.Column(1).AppendDouble(i * 0.25);
            row.Column(2).AppendDecimal(i);
            row.Column(3).AppendLong(i * 10_000_000_000L);
            row.Column(4).AppendNull();
            var s = row.Column(5);
            s.Child(0).AppendLong(10_000_000_000 + (i % 3));
            s.Child(1).AppendBytes("b2"u8);
            s.EndStruct();
            row.Column(6).Child(0).AppendLong(i);
            row.Column(6).EndList();
        });
        if (flush) table.Flush();
        table.Change(new UpdateSchema().Drop("gone").Add("", "added", PrimitiveType.Int).Add("s", "c", PrimitiveType.String)
            .Add("", "renamed", PrimitiveType.String).Rename("renamed", "other").Rename("s.b", "bb"));
        table.Change(new UpdateSchema().Rename("other", "renamed"));
        table.Add(3, (row, i) =>
        {
            row.Column(0).AppendLong(i);
            for (var c = 1; c < 5; c++) row.Column(c).AppendNull();
            row.Column(5).AppendNull();
            row.Column(6).AppendInt(7);
            row.Column(7).AppendBytes("bee"u8);
        });
        if (flush) table.Flush();
        return table;
    }

    private static void Fill(BatchBuilder row, int i)
    {
        row.Column(0).AppendInt(i);
        if (i % 4 == 0) row.Column(1).AppendNull();
        else row.Column(1).AppendFloat(i * 0.5f);
        row.Column(2).AppendDecimal(i);
        row.Column(3).AppendInt(i);
        row.Column(4).AppendBytes(Encoding.UTF8.GetBytes($"g{i}"));
        if (i % 5 == 0)
        {
            row.Column(5).AppendNull();
        }
        else
        {
            row.Column(5).Child(0).AppendInt(i);
            row.Column(5).Child(1).AppendBytes("b"u8);
            row.Column(5).EndStruct();
        }
        for (var n = 0; n < i % 3; n++) row.Column(6).Child(0).AppendInt(n);
        row.Column(6).EndList();
    }
}
