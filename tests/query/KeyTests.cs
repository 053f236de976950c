using System.Globalization;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query.Tests;

public class KeyTests
{
    private static readonly Schema Pairs =
        FieldIds.NewSchema([new(1, "k", PrimitiveType.Int, true), new(2, "v", PrimitiveType.Long, true)]);

    [Fact]
    public void TheNewestRowOfAKeyIsFoundWhereverItIs()
    {
        using var table = new HotTable(Pairs, partitionBy: "bucket(2, k)");
        table.Keys = new NoKeys();
        var newest = new Dictionary<int, long>();
        var random = new Random(3);
        for (var part = 0; part < 6; part++)
        {
            table.Add(20, (row, i) =>
            {
                var key = random.Next(60);
                newest[key] = i;
                row.Column(0).AppendInt(key);
                row.Column(1).AppendLong(i);
            });
            if (part % 2 == 1) table.Flush();
            if (part == 3) table.Retire();
            for (var key = 0; key < 60; key += 7) Assert.Equal(Expected(newest, key), Find(table, key, QuerySource.Both));
        }
    }

    [Fact]
    public void AKeyInMemoryIsTheIndexsToFind()
    {
        using var table = new HotTable(Pairs);
        Add(table, 1, 10);
        table.Flush();
        Add(table, 1, 20);
        Add(table, 2, 30);
        table.Keys = new OneKey(table, "1", segment: 1);
        Assert.Equal("20", Find(table, 1, QuerySource.Both));
        Assert.Equal("10", Find(table, 1, QuerySource.Cold));
        Assert.Equal("30", Find(table, 2, QuerySource.Both));
        Assert.Null(Find(table, 2, QuerySource.Cold));
        Assert.Equal("30", Find(table, 2, QuerySource.Hot));
        Assert.Null(Find(table, 3, QuerySource.Hot));
    }

    [Theory]
    [InlineData("order-7", 7L)]
    [InlineData("0x6f726465722d37", 7L)]
    [InlineData("0x00ff", 8L)]
    [InlineData("6f726465722d37", null)]
    public void BytesAreFoundByTextOrHexInMemoryAndInFiles(string key, long? expected)
    {
        var schema = FieldIds.NewSchema([new(1, "k", PrimitiveType.Binary, true), new(2, "v", PrimitiveType.Long, true)]);
        using var table = new HotTable(schema);
        table.Keys = new NoKeys();
        table.Add(2, (row, i) =>
        {
            row.Column(0).AppendBytes(i == 0 ? "order-7"u8 : [0, 255]);
            row.Column(1).AppendLong(7 + i);
        });
        for (var round = 0; round < 2; round++)
        {
            using var queries = Answers.Queries(table);
            using var stream = queries.Find(new() { Table = HotTable.Name, Key = [key], Columns = ["v"] }, CancellationToken.None);
            Assert.Equal(expected is null ? [] : [$$"""{"v":{{expected}}}"""], Answers.Rows(stream));
            if (round > 0) continue;
            table.Flush();
            table.Retire();
        }
    }

    [Fact]
    public void AKeyThatIsNoneIsSaid()
    {
        using var table = new HotTable(Pairs);
        Add(table, 1, 10);
        Assert.Equal(QueryFault.NoKey, Fault(table, "1"));
        table.Keys = new NoKeys();
        Assert.Equal(QueryFault.BadQuestion, Fault(table, "one"));
        Assert.Equal(QueryFault.BadQuestion, Fault(table, "1", "2"));
        Assert.Null(Fault(table, "1"));
        using var queries = Answers.Queries(table);
        Assert.Equal("k", Assert.Single(queries.Describe(HotTable.Name).Key));
    }

    private static void Add(HotTable table, int key, long value) => table.Add(1, (row, _) =>
    {
        row.Column(0).AppendInt(key);
        row.Column(1).AppendLong(value);
    });

    private static string? Expected(Dictionary<int, long> newest, int key) =>
        newest.TryGetValue(key, out var value) ? value.ToString(CultureInfo.InvariantCulture) : null;

    private static string? Find(HotTable table, int key, QuerySource source)
    {
        using var queries = Answers.Queries(table);
        var text = key.ToString(CultureInfo.InvariantCulture);
        var question = new KeyQuestion { Table = HotTable.Name, Key = [text], Columns = ["v"], Source = source };
        using var stream = queries.Find(question, CancellationToken.None);
        return Answers.Rows(stream) switch
        {
            [] => null,
            [var row] => row["{\"v\":".Length..^1],
            _ => "more than one",
        };
    }

    private static QueryFault? Fault(HotTable table, params string[] key)
    {
        using var queries = Answers.Queries(table);
        try
        {
            using var stream = queries.Find(new KeyQuestion { Table = HotTable.Name, Key = [.. key] }, CancellationToken.None);
            _ = Answers.Rows(stream);
            return null;
        }
        catch (QueryException error)
        {
            return error.Fault;
        }
    }

    /// <summary>An index that has lost every entry.</summary>
    private class NoKeys : IKeyLookup
    {
        public IReadOnlyList<string> Columns => ["k"];

        public virtual (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key) => null;
    }

    /// <summary>An index of one key, whose row is the first of a segment.</summary>
    private sealed class OneKey(HotTable table, string known, int segment) : NoKeys
    {
        public override (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key) =>
            key[0] == known ? (table.ViewOf(segment), new Ordinal(0)) : null;
    }
}
