using System.Globalization;
using System.Text;
using System.Text.Json;

using K2I.Base;
using K2I.Columns;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

[Collection(JudgeTables.Collection)]
public sealed class FilterTests(JudgeTables tables, ITestOutputHelper output)
{
    [Theory]
    [InlineData("a = 5", "a Equal 5")]
    [InlineData("a=5 AND b.c<>'it''s'", "a Equal 5;b.c NotEqual it's")]
    [InlineData("a is null and b is not null and c is nan", "a IsNull;b IsNotNull;c IsNaN")]
    [InlineData("\"odd name\" in (1, 'x y',-2.5) and d not in ('2024-01-01')", "odd name In 1|x y|-2.5;d NotIn 2024-01-01")]
    [InlineData("a >= 1 and a<=2 and a > 0 and a < 3", "a GreaterOrEqual 1;a LessOrEqual 2;a Greater 0;a Less 3")]
    [InlineData("s like 'abc%'", "s StartsWith abc")]
    [InlineData("a = 1 or b = 2 and c = 3", "(a Equal 1|(b Equal 2;c Equal 3))")]
    [InlineData("(a = 1 OR b = 2) and not c = 3 and not (d = 4 or not e in (5))", "(a Equal 1|b Equal 2);!c Equal 3;!(d Equal 4|!e In 5)")]
    [InlineData("not not 'not' = 1", "!!not Equal 1")]
    public void FiltersAreReadAsPeopleWriteThem(string text, string expected) =>
        Assert.Equal(expected, Text(ScanFilter.Parse(text)));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a =")]
    [InlineData("a = 5 or")]
    [InlineData("(a = 5")]
    [InlineData("a = 5)")]
    [InlineData("()")]
    [InlineData("not")]
    [InlineData("a ~ 5")]
    [InlineData("a = 'x")]
    [InlineData("a in 5")]
    [InlineData("a in (5")]
    [InlineData("a is 5")]
    [InlineData("a not 5")]
    [InlineData("a like '%x'")]
    [InlineData("a = 5 and")]
    public void WhatIsNoFilterIsRefused(string text) => Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => ScanFilter.Parse(text)).Kind);

    /// <summary>Random conditions on every table of the judge: what pruning and filtering leave is what a look at every row leaves.</summary>
    [SharedFact(Judge.Program)]
    public void FilteredScansGiveTheRowsThatMeetTheFilter()
    {
        var warehouse = tables.Warehouse;
        var store = new LocalStore(warehouse);
        var catalog = new FileCatalog(store, warehouse, strictNames: false);
        var random = new Random(11);
        int filters = 0, filesLeftOut = 0, rowsFound = 0;
        foreach (var folder in Directory.GetDirectories(Path.Join(warehouse, "t")).Order(StringComparer.Ordinal))
        {
            var table = catalog.Load(new TableIdent(["t"], Path.GetFileName(folder)));
            var whole = new TableScan(table, store);
            if (Read(whole) is not { Count: > 0 } rows) continue;
            for (var i = 0; i < 12; i++)
            {
                var field = whole.Schema.Fields[random.Next(whole.Schema.Fields.Length)];
                if (field.Type is not PrimitiveType type) continue;
                var filter = Random(random, whole.Schema, rows, depth: i < 6 ? 0 : 3, field, type);
                var types = whole.Schema.Fields.ToDictionary(f => f.Name, f => f.Type as PrimitiveType, StringComparer.Ordinal);
                var scan = new TableScan(table, store, new ScanRequest { Filter = filter });
                var expected = rows.Where(r => Truth(filter, types, r) == true).Select(r => r.GetRawText()).ToList();
                var actual = Read(scan).Select(r => r.GetRawText()).ToList();
                Assert.True(expected.SequenceEqual(actual), $"{folder}: {Text(filter)}: {actual.Count} rows, not {expected.Count}");
                filters++;
                filesLeftOut += whole.Plan().Length - scan.Plan().Length;
                rowsFound += actual.Count;
            }
        }
        output.WriteLine($"{filters} filters, {filesLeftOut} files left out, {rowsFound} rows");
        Assert.True(filters > 500 && filesLeftOut > 300 && rowsFound > 1000);
    }

    [SharedFact(Judge.Program)]
    public void RowGroupsThatCannotMatchAreNotRead()
    {
        var warehouse = tables.Warehouse;
        var store = new LocalStore(warehouse);
        var table = new FileCatalog(store, warehouse, strictNames: false).Load(new TableIdent(["t"], "many-row-groups"));
        var all = Batches(new TableScan(table, store));
        var some = Batches(new TableScan(table, store, new ScanRequest { Filter = ScanFilter.Parse("id = 7") }));
        output.WriteLine($"{all} batches, {some} with the filter");
        Assert.True(all > 3 && some == 1);

        static int Batches(TableScan scan)
        {
            var batches = 0;
            using var reader = scan.Read();
            while (reader.TryRead(out _)) batches++;
            return batches;
        }
    }

    [Fact]
    public void PagesThatCannotMatchAreNotReadNorFilesThatABloomFilterRulesOut()
    {
        using var temp = new TempFolder();
        var store = new LocalStore(temp.Path);
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "s", PrimitiveType.String, false));
        var table = new FileCatalog(store, store.Root).Create(new TableIdent(["ns"], "t"), new TableCreation { Schema = schema });
        var location = $"{table.Metadata.Location}/data/f.parquet";
        using (var builder = new BatchBuilder(schema, Memory.MemoryTag.Scratch, 1 << 20))
        {
            for (var i = 0; i < 10_000; i++)
            {
                builder.Column(0).AppendLong(i);
                builder.Column(1).AppendBytes(Encoding.UTF8.GetBytes($"s{i * 2}"));
                builder.EndRow();
            }
            using var target = store.Create(location);
            using var writer = new K2I.Parquet.ParquetWriter(schema, K2I.Parquet.ParquetOptions.Default with { PageRows = 100, BloomFilters = ["s"] }, new ObjectSink(target));
            writer.Write(builder.View(), 0, 10_000);
            writer.Finish();
            target.Complete();
        }
        var task = new ScanTask(new ManifestEntry(EntryStatus.Added, new(1), 1, 1, new DataFile { FilePath = location, RecordCount = 10_000, FileSizeBytes = store.Length(location) }), []);
        Assert.Equal((100, 1), Looked("id = 777"));
        Assert.Equal((200, 2), Looked("id = 777 or id = 9000"));
        Assert.Equal((200, 51), Looked("not id < 50 and not id > 100"));
        Assert.Equal((0, 0), Looked("s = 's777'"));
        Assert.Equal(1, Looked("s in ('s778', 's779')").Found);

        (int Seen, int Found) Looked(string filter)
        {
            var (seen, found) = (0, 0);
            using var reader = new TableScan(table, store, new ScanRequest { Filter = ScanFilter.Parse(filter) }).Read([task]);
            while (reader.TryRead(out var rows)) (seen, found) = (seen + rows.Batch.Rows, found + rows.Rows);
            return (seen, found);
        }
    }

    private static List<JsonElement> Read(TableScan scan)
    {
        var json = new RowJson();
        try
        {
            using var reader = scan.Read();
            while (reader.TryRead(out var rows))
                for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            return [];
        }
        return [.. Encoding.UTF8.GetString(json.Written).Split('\n')[..^1].Select(l => JsonDocument.Parse(l).RootElement)];
    }

    private static string Text(ScanFilter filter, bool inner = false) => filter switch
    {
        ScanFilter.Is { Predicate: var p } => $"{p.Column} {p.Operator} {string.Join('|', p.Values)}".TrimEnd(),
        ScanFilter.Not not => "!" + Text(not.Part, true),
        ScanFilter.All all when !inner => string.Join(';', all.Parts.Select(p => Text(p, true))),
        ScanFilter.All all => $"({string.Join(';', all.Parts.Select(p => Text(p, true)))})",
        ScanFilter.Any any => $"({string.Join('|', any.Parts.Select(p => Text(p, true)))})",
        _ => throw new InvalidOperationException(),
    };

    private static ScanFilter Random(Random random, Schema schema, List<JsonElement> rows, int depth, Field field, PrimitiveType type)
    {
        var leaf = new ScanFilter.Is(Random(random, field.Name, type, rows[random.Next(rows.Count)], rows[random.Next(rows.Count)]));
        if (depth == 0) return leaf;
        var other = schema.Fields[random.Next(schema.Fields.Length)];
        var part = other.Type is PrimitiveType otherType ? Random(random, schema, rows, depth - 1, other, otherType) : leaf;
        return random.Next(4) switch
        {
            0 => new ScanFilter.Not(part),
            1 => new ScanFilter.All([leaf, part]),
            2 => new ScanFilter.Any([part, leaf]),
            _ => new ScanFilter.Not(new ScanFilter.Any([new ScanFilter.Not(leaf), part])),
        };
    }

    /// <summary>True, false, or null where a comparison with null decides.</summary>
    private static bool? Truth(ScanFilter filter, IReadOnlyDictionary<string, PrimitiveType?> types, JsonElement row) => filter switch
    {
        ScanFilter.Not not => !Truth(not.Part, types, row),
        ScanFilter.All all => all.Parts.Select(p => Truth(p, types, row)).Aggregate((bool?)true, (a, b) => a & b),
        ScanFilter.Any any => any.Parts.Select(p => Truth(p, types, row)).Aggregate((bool?)false, (a, b) => a | b),
        ScanFilter.Is { Predicate: var p } when Text(row.GetProperty(p.Column)) is null && p.Operator is not (ScanOperator.IsNull or ScanOperator.IsNotNull) => null,
        ScanFilter.Is { Predicate: var p } => Matches(p, types[p.Column] ?? PrimitiveType.Binary, row),
        _ => throw new InvalidOperationException(),
    };

    private static ScanPredicate Random(Random random, string column, PrimitiveType type, JsonElement one, JsonElement other)
    {
        var (a, b) = (Text(one.GetProperty(column)), Text(other.GetProperty(column)));
        if (a is null || b is null) return new(column, random.Next(2) == 0 ? ScanOperator.IsNull : ScanOperator.IsNotNull, []);
        if (type.Kind == TypeKind.Boolean) return new(column, random.Next(2) == 0 ? ScanOperator.Equal : ScanOperator.NotEqual, [a]);
        return random.Next(9) switch
        {
            0 => new(column, ScanOperator.NotEqual, [a]),
            1 => new(column, ScanOperator.Less, [a]),
            2 => new(column, ScanOperator.LessOrEqual, [a]),
            3 => new(column, ScanOperator.Greater, [a]),
            4 => new(column, ScanOperator.GreaterOrEqual, [a]),
            5 => new(column, ScanOperator.In, [a, b]),
            6 => new(column, ScanOperator.NotIn, [a, b]),
            7 when type.Kind == TypeKind.String => new(column, ScanOperator.StartsWith, [a[..Math.Min(1, a.Length)]]),
            _ => new(column, ScanOperator.Equal, [a]),
        };
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    private static bool Matches(ScanPredicate predicate, PrimitiveType type, JsonElement row)
    {
        var value = Text(row.GetProperty(predicate.Column));
        if (predicate.Operator is ScanOperator.IsNull or ScanOperator.IsNotNull) return value is null == (predicate.Operator == ScanOperator.IsNull);
        if (value is null) return false;
        if (predicate.Operator == ScanOperator.StartsWith) return value.StartsWith(predicate.Values[0], StringComparison.Ordinal);
        var orders = predicate.Values.Select(v => Compare(type, value, v)).ToList();
        return predicate.Operator switch
        {
            ScanOperator.In => orders.Contains(0),
            ScanOperator.NotIn => !orders.Contains(0),
            ScanOperator.Equal => orders[0] == 0,
            ScanOperator.NotEqual => orders[0] != 0,
            ScanOperator.Less => orders[0] < 0,
            ScanOperator.LessOrEqual => orders[0] <= 0,
            ScanOperator.Greater => orders[0] > 0,
            _ => orders[0] >= 0,
        };
    }

    /// <summary>The order of two printed values; null where one is NaN, which has none.</summary>
    private static int? Compare(PrimitiveType type, string left, string right)
    {
        var invariant = CultureInfo.InvariantCulture;
        switch (type.Kind)
        {
            case TypeKind.Int or TypeKind.Long:
                return long.Parse(left, invariant).CompareTo(long.Parse(right, invariant));
            case TypeKind.Float or TypeKind.Double:
                var (a, b) = (Real(left), Real(right));
                return double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b);
            case TypeKind.Decimal:
                return System.Numerics.BigInteger.Parse(left.Replace(".", "", StringComparison.Ordinal), invariant).CompareTo(System.Numerics.BigInteger.Parse(right.Replace(".", "", StringComparison.Ordinal), invariant));
            case TypeKind.String:
                return Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
            case TypeKind.Boolean:
                return left == right ? 0 : 1;
            default:
                // Dates and times of four-digit years, hex: text order is theirs.
                return Math.Sign(string.CompareOrdinal(left, right));
        }

        static double Real(string text) => text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.Parse(text, CultureInfo.InvariantCulture),
        };
    }
}
