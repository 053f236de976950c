using System.Text;
using K2I.Columns;
using K2I.Iceberg.Tests;

namespace K2I.Query.Tests;

/// <summary>Questions that nobody would ask: each is answered, or said to be wrong.</summary>
public class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "n", "name", "s.x", "`s.x`", "nothing", "=", "!=", "<", ">=", "in", "like", "is", "not", "null", "nan", "and", "or", "(", ")", ",",
        "1", "'a'", "'a%'", "'", "\"", "9223372036854775808", "1e400", "-", "\0", "é", "'😀'", "true", "2024-01-01", "--", ";", "%", "\n",
        "asc", "desc",
        "n > 1", "name is null", "s.x = nan", "(n = 1)", "l is not null", "not",
    ];

    private static readonly Schema Some = FieldIds.NewSchema(
    [
        new(1, "n", PrimitiveType.Int, false),
        new(2, "name", PrimitiveType.String, false),
        new(3, "s", new StructType([new(4, "x", PrimitiveType.Double, false)]), false),
        new(5, "l", ListType.Of(6, PrimitiveType.Int, false), false),
    ]);

    [Fact]
    public void AQuestionIsAnsweredOrSaidToBeWrong()
    {
        using var table = new HotTable(Some);
        using var rows = new RandomRows(new Random(1)).Fill(table.Schema, 100);
        table.Add(rows.View());
        table.Flush();
        using var queries = Answers.Queries(table);
        var random = new Random(7);
        var answered = 0;
        for (var i = 0; i < 4000; i++)
        {
            var source = (QuerySource)random.Next(2);
            var question = new ScanQuestion { Table = HotTable.Name, Source = source, Where = Text(random, i % 2 == 0) };
            if (i % 4 == 0) question = question with { Where = null };
            if (i % 5 == 0) question = question with { Columns = [Text(random, true).Trim()] };
            if (i % 7 == 0) question = question with { AsOf = Text(random, true), Source = QuerySource.Cold };
            try
            {
                if (i % 3 == 0) question = question with { Order = OrderBy.Parse(Text(random, true)), Limit = random.Next(-1, 5) };
                using var stream = queries.Scan(question, CancellationToken.None);
                _ = Answers.Rows(stream);
                answered++;
            }
            catch (QueryException error)
            {
                Assert.True(error.Fault is QueryFault.BadQuestion or QueryFault.NotFound, $"{question}: {error}");
            }
        }
        Assert.True(answered > 100);
    }

    [Fact]
    public void AFilterOfManyPartsIsAnswered()
    {
        using var table = new HotTable(Some);
        using var rows = new RandomRows(new Random(1)).Fill(table.Schema, 100);
        table.Add(rows.View());
        table.Flush();
        var wide = string.Join(" or ", Enumerable.Range(0, 2000).Select(i => $"n = {i - 1000}"));
        var many = $"n in ({string.Join(", ", Enumerable.Range(-1000, 2000))})";
        foreach (var filter in new[] { wide, many, $"not ({wide})", $"name is null or ({wide})" })
            Assert.Equal(Answers.Rows(table, QuerySource.Cold, filter), Answers.Rows(table, QuerySource.Hot, filter));
    }

    private static string Text(Random random, bool isShort)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, isShort ? 4 : 12); left > 0; left--)
            text.Append(Pieces[random.Next(Pieces.Length)]).Append(' ', random.Next(2));
        return text.ToString();
    }
}
