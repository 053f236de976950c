using System.Text;
using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode.Tests;

/// <summary>Which columns go together, and that inference makes no others.</summary>
public class ColumnRules
{
    /// <summary>Names that meet each other: dots, the words for parts, case, letters whose case is odd, the metadata column.</summary>
    private static readonly string[] OddNames =
    [
        "a", "A", "b", "a.b", "b.a", "A.B", "a.b.a", "element", "Element", "key", "value", "KEY", "a.element", "b.key", "b.value",
        "a.element.b", "ſ", "s", "K", "k", "İ", "i", "ı", "ς", "Σ", "_kafka", "_KAFKA", "_kafka.topic", "ts_day", "TS_DAY", "", ".", "a.",
    ];

    private static readonly ReservedName[] Reserved = [new("x_day", "p"), new("x.part", "p"), new("region", "p", "region")];

    private static List<NameClash> Clashes(params Field[] fields) => ColumnNames.Clashes(new StructType([.. fields]), Reserved);

    private static Field Of(string name, DataType? type = null) => new(0, name, type ?? PrimitiveType.Int, false);

    [Theory]
    [InlineData("`a.b`: int, a: struct<b: int>", "Taken a.b")]
    [InlineData("a: struct<b: int>, `a.b`: int", "Taken a.b")]
    [InlineData("s: struct<`p.q`: int, p: struct<q: int>>", "Taken s.p.q")]
    [InlineData("`s.p`: struct<q: int>, s: struct<`p.q`: int>", "Taken s.p.q")]
    [InlineData("l: list<int>, `l.element`: int", "Taken l.element")]
    [InlineData("l: list<struct<x: int>>, `l.element.x`: int", "Taken l.element.x")]
    [InlineData("m: map<string, int>, `m.key`: int, `m.value`: int", "Taken m.key", "Taken m.value")]
    [InlineData("a: int, a: long", "Taken a")]
    [InlineData("id: int, Id: int, ID: int", "CaseOnly Id", "CaseOnly ID")]
    [InlineData("s: struct<x: int, X: int>", "CaseOnly s.X")]
    [InlineData("l: list<struct<x: int, X: int>>", "CaseOnly l.element.X")]
    [InlineData("`a.b`: int, A: struct<B: int>", "CaseOnly A.B")]
    [InlineData("ſ: int, s: int, S: int", "CaseOnly s", "CaseOnly S")]
    [InlineData("K: int, k: int", "CaseOnly k")]
    [InlineData("İ: int, i: int, ı: int, I: int", "CaseOnly i", "CaseOnly ı", "CaseOnly I")]
    [InlineData("ς: int, Σ: int, σ: int", "CaseOnly Σ", "CaseOnly σ")]
    // Readers know what is in an element or value without that word too, and nothing else may look like it.
    [InlineData("l: list<struct<x: int>>, `L.X`: int", "CaseOnly L.X")]
    [InlineData("l: list<struct<Element: int>>", "CaseOnly l.element.Element")]
    [InlineData("m: map<string, struct<key: int, Value: int>>", "CaseOnly m.value.Value")]
    [InlineData("x_day: int", "Reserved x_day")]
    [InlineData("X_Day: int", "Reserved X_Day")]
    [InlineData("x: struct<part: int>", "Reserved x.part")]
    // The one column that may have the name.
    [InlineData("region: int")]
    [InlineData("Region: int", "Reserved Region")]
    // Dots are legal where nothing meets.
    [InlineData("`http.method`: int, `http.url`: int, http: struct<status: int>")]
    [InlineData("`a.b`: struct<c: int>, a: struct<`b.d`: int>")]
    [InlineData("l: list<struct<x: int>>, `l.x`: int")]
    [InlineData("l: list<struct<element: int>>, m: map<int, struct<key: int, value: int>>")]
    public void WhatGoesTogetherIsDecidedByFullNames(string columns, params string[] expected) =>
        Assert.Equal(expected, Clashes([.. ColumnText.Parse(columns)]).Select(c => $"{c.Flaw} {c.Path}"));

    [Fact]
    public void EmptyAndEndlessNamesAndTooManyColumnsAreRefused()
    {
        var names = Clashes(Of(""), Of(new string('x', 1_001)), Of(new string('x', 1_000)));
        Assert.Equal([NameFlaw.Empty, NameFlaw.TooLong], names.Select(c => c.Flaw));
        var many = Enumerable.Range(0, ColumnNames.MaxColumns - 2).Select(i => Of($"c{i}")).ToList();
        Assert.Empty(Clashes([.. many, Of("l", ListType.Of(0, PrimitiveType.Int))]));
        // A list needs room for itself and its element; what follows has it again.
        var clash = Assert.Single(Clashes([.. many, Of("m", MapType.Of(0, PrimitiveType.Int, 0, PrimitiveType.Int)), Of("x")]));
        Assert.Equal((NameFlaw.TooMany, "m.value"), (clash.Flaw, clash.Path));
        Assert.Contains("at most 5000 columns", clash.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Taken columns go together, by an index built the slow way; and each one left out would have clashed.</summary>
    [Fact]
    public void WhatIsTakenGoesTogetherAndNothingElseIsLeftOut()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var given = RandomFields(random, 3);
            var names = new ColumnNames([]);
            List<NameClash> clashes = [];
            List<Field> taken = [];
            foreach (var field in given)
            {
                var before = clashes.Count;
                var result = names.Take(field, clashes);
                if (result is not null) taken.Add(result);
                Assert.Equal(clashes.Count == before, ReferenceEquals(result, field));
                if (result is not null || IsReal(field)) continue;
                Assert.False(IsSound([.. taken, field]), $"seed {seed}: {field}");
            }
            Assert.True(IsSound(taken), $"seed {seed}: {new StructType([.. taken])}");
            Assert.Equal(clashes.Count == 0, IsSound(given));
        }

        // What has parts loses them one by one, so that the whole may have been sound but for one of them.
        static bool IsReal(Field field) => field.Type.IsNested;
    }

    /// <summary>Asking what a column would clash with says what the whole would say, at any place, and changes nothing.</summary>
    [Fact]
    public void AColumnThatIsAskedForClashesWhereTheWholeWould()
    {
        var clashing = 0;
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var names = new ColumnNames([]);
            var row = new StructType([.. RandomFields(random, 3).Select(f => names.Take(f, [])).OfType<Field>()]);
            if (row.Fields.IsEmpty) continue;
            var ways = WaysToStructs(row, []).ToList();
            for (var i = 0; i < 5; i++)
            {
                var (way, within) = ways[random.Next(ways.Count)];
                var column = Of(RandomName(random), RandomType(random, 1));
                var isSound = IsSound(((StructType)With(row, within, column)).Fields);
                Assert.True(names.ClashOf([(way, column)]) is null == isSound, $"seed {seed}: {row}, {string.Join('.', way.Select(f => f.Name))} and {column}");
                if (!isSound) clashing++;
                if (isSound) Assert.NotNull(names.ClashOf([(way, column), (way, column)]));
            }
        }
        Assert.InRange(clashing, 1_000, 14_000);

        static IEnumerable<(IReadOnlyList<Field> Way, StructType Within)> WaysToStructs(DataType type, IReadOnlyList<Field> way)
        {
            if (type is StructType s) yield return (way, s);
            foreach (var child in Schema.ChildrenOf(type))
                foreach (var found in WaysToStructs(child.Type, [.. way, child])) yield return found;
        }

        static DataType With(DataType type, StructType within, Field column) => type switch
        {
            StructType s when ReferenceEquals(s, within) => new StructType(s.Fields.Add(column)),
            StructType s => new StructType([.. s.Fields.Select(f => f with { Type = With(f.Type, within, column) })]),
            ListType l => new ListType(l.Element with { Type = With(l.Element.Type, within, column) }),
            MapType m => new MapType(m.Key, m.Value with { Type = With(m.Value.Type, within, column) }),
            _ => type,
        };
    }

    [Fact]
    public void InferredColumnsGoTogetherAndEveryOtherMemberIsNamed()
    {
        for (var seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            var inference = new SchemaInference();
            var records = Enumerable.Range(0, random.Next(1, 4)).Select(_ => "{" + RandomMembers(random, 3) + "}").ToList();
            foreach (var record in records) Assert.True(inference.Add(Encoding.UTF8.GetBytes(record)));
            var names = new ColumnNames([new("ts_day", "partition field 'ts_day'")]);
            Assert.NotNull(names.Take(KafkaColumn.Field(0), []));
            var inferred = inference.Result(names);
            Field[] all = [KafkaColumn.Field(0), .. inferred.Schema.Fields];
            Assert.True(IsSound(all), $"seed {seed}: {inferred.Schema.Struct}");
            Assert.DoesNotContain(inferred.Schema.Fields, f => f.Name.Equals("ts_day", StringComparison.OrdinalIgnoreCase));
            Assert.False(inferred.HasUnseen);
            // The records are rows of the schema, and a schema that could grow would only be asked for what was left out.
            using var rows = new Rows(FieldIds.NewSchema(all), new() { UnknownFields = UnknownFields.Evolve });
            foreach (var record in records)
            {
                var bytes = Encoding.UTF8.GetBytes(record);
                var status = rows.Decoder.Decode(new RecordInput(bytes), rows.Batch);
                rows.Batch.AbandonRow();
                // A member may be there twice, and an array or object of nothing where others have values says nothing of its type.
                if (status is DecodeStatus.DuplicateKey or DecodeStatus.TypeMismatch) continue;
                Assert.True(status is DecodeStatus.Ok or DecodeStatus.NewField, $"seed {seed}: {rows.Decoder.Error}: {record}");
                foreach (var missing in status == DecodeStatus.Ok ? [] : rows.NewFields([bytes]))
                {
                    var (path, isEmpty) = (missing.Path, missing.Field.Name.Length == 0);
                    Assert.Contains(inferred.LeftOut, c => c.Path == path || c.Path.StartsWith(path + ".", StringComparison.Ordinal)
                        || (c.Flaw == NameFlaw.Empty && isEmpty));
                }
            }
        }
    }

    private static bool IsSound(IReadOnlyList<Field> fields)
    {
        List<(string Full, string Short)> names = [];
        foreach (var field in fields) Name(field, "", "", isPart: false);
        var full = names.Select(n => n.Full).ToHashSet(StringComparer.Ordinal);
        if (full.Count < names.Count) return false;
        var all = names.Select(n => n.Full).Concat(names.Select(n => n.Short)).Distinct(StringComparer.Ordinal).ToList();
        var folded = all.Select(n => n.ToUpperInvariant().ToLowerInvariant().Replace('İ', 'i').Replace('ı', 'i').Replace('ſ', 's'));
        return folded.Distinct(StringComparer.Ordinal).Count() == all.Count && !HasEmpty(fields);

        void Name(Field field, string within, string shortly, bool isPart)
        {
            var (path, shorter) = (within + field.Name, shortly + field.Name);
            names.Add((path, shorter));
            foreach (var child in Schema.ChildrenOf(field.Type))
            {
                var childIsPart = field.Type is ListType || (field.Type is MapType && child.Name == "value");
                Name(child, path + ".", isPart && field.Type is StructType ? shortly : shorter + ".", childIsPart);
            }
        }

        static bool HasEmpty(IEnumerable<Field> fields) => fields.Any(f => f.Name.Length == 0 || HasEmpty(Schema.ChildrenOf(f.Type)));
    }

    private static List<Field> RandomFields(Random random, int depth) =>
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Of(RandomName(random), RandomType(random, depth)))];

    private static string RandomName(Random random) => OddNames[random.Next(OddNames.Length)];

    private static DataType RandomType(Random random, int depth) => random.Next(depth == 0 ? 1 : 6) switch
    {
        1 or 2 => new StructType([.. RandomFields(random, depth - 1)]),
        3 => ListType.Of(0, RandomType(random, depth - 1)),
        4 => MapType.Of(0, PrimitiveType.String, 0, RandomType(random, depth - 1)),
        _ => PrimitiveType.Long,
    };

    private static string RandomMembers(Random random, int depth) =>
        string.Join(",", Enumerable.Range(0, random.Next(1, 5)).Select(_ => JsonSerializer.Serialize(RandomName(random)) + ":" + RandomValue(random, depth)));

    private static string RandomValue(Random random, int depth) => random.Next(depth == 0 ? 2 : 6) switch
    {
        0 => "1",
        1 => "null",
        2 or 3 => "{" + RandomMembers(random, depth - 1) + "}",
        4 => "[" + RandomValue(random, depth - 1) + "]",
        _ => "2",
    };
}
