using System.Collections.Immutable;
using System.Text;

using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Folders of partitions are only names: whatever the columns and values are called, every store takes them.</summary>
public sealed class PartitionPathTests
{
    private static readonly string Long = new('v', 10_000);

    public static TheoryData<string, string> LongOnes => new()
    {
        { "s", Long },
        { "truncate(5000, s)", Long[..5_000] },
        { "s", string.Concat(Enumerable.Repeat("日", 29)) },
        { "s", string.Concat(Enumerable.Repeat("😀%/", 3_000)) },
        { $"s as {new string('n', 300)}", "v" },
        { $"s as {new string('n', 300)}, truncate(400, s) as t, truncate(300, s) as u, truncate(200, s) as v, truncate(100, s) as w, truncate(99, s) as x", Long },
    };

    [Theory]
    [MemberData(nameof(LongOnes))]
    public void StoresTakeTheFoldersOfLongNamesAndValues(string partitionBy, string value)
    {
        using var folder = new TempFolder();
        var store = new LocalStore(Location.FromConfig(folder.Path));
        var location = LocationOf(Location.FromConfig(folder.Path), partitionBy, value);
        Assert.InRange(Encoding.UTF8.GetByteCount(location), 1, 1_024);
        Assert.All(location.Split('/'), part => Assert.InRange(part.Length, 0, 255));
        Assert.Equal(location, LocationOf(Location.FromConfig(folder.Path), partitionBy, value));
        Assert.NotEqual(location, LocationOf(Location.FromConfig(folder.Path), partitionBy, "x" + value[1..]));
        store.Put(location, [1, 2, 3]);
        Assert.Equal(3, store.Length(location));
    }

    [Fact]
    public void BinaryValuesAreCutToo()
    {
        var spec = new PartitionSpec(0, [new PartitionField(1, 1000, "b", Transform.Identity), new PartitionField(1, 1001, "c", Transform.Truncate(500))]);
        var bytes = new byte[600];
        ImmutableArray<DataType?> types = [PrimitiveType.Binary, PrimitiveType.Binary];
        var folders = PartitionPath.Of(spec, types, new PartitionTuple([bytes, bytes[..500]])).Split('/');
        Assert.Equal([255, 255], folders.Select(f => f.Length));
    }

    [Fact]
    public void ShortNamesStayAsTheyAre()
    {
        Assert.Equal($"s={Long[..253]}", Folders("s", Long[..253]));
        Assert.Equal("s=%E6%97%A5/t=%E6%97%A5", Folders("s, truncate(5, s) as t", "日"));
    }

    /// <summary>Of values that differ at their end only, the folders differ; and no code of a byte is cut through.</summary>
    [Fact]
    public void CutNamesEndInAHashOfTheWhole()
    {
        var (one, two) = (Folders("s", Long[..254] + "a"), Folders("s", Long[..254] + "b"));
        Assert.NotEqual(one, two);
        Assert.Equal("s=" + Long[..236] + "-22565682997b409d", Folders("s", Long[..300]));
        foreach (var shift in Enumerable.Range(0, 4))
        {
            var cut = Folders("s", new string('x', shift) + string.Concat(Enumerable.Repeat("é", 200)));
            Assert.InRange(cut.Length, 250, 255);
            Assert.Matches("^s=x*(%[0-9A-F]{2})+-[0-9a-f]{16}$", cut);
        }
    }

    [Fact]
    public void FoldersWithoutRoomBecomeOne()
    {
        const string three = "s as a, truncate(50, s) as b, truncate(60, s) as c";
        const string value = "123456789012345678901234567890";
        Assert.Equal($"a={value}/b={value}/c={value}", Folders(three, value, room: 98));
        Assert.Matches($"^a={value}/b={value}/-[0-9a-f]{{16}}$", Folders(three, value, room: 97));
        Assert.Matches($"^a={value}/b={value}/-[0-9a-f]{{16}}$", Folders(three, value, room: 83));
        Assert.Matches($"^a={value}/-[0-9a-f]{{16}}$", Folders(three, value, room: 82));
        Assert.Matches("^-[0-9a-f]{16}$", Folders(three, value, room: 17));
        Assert.Matches("^-[0-9a-f]{16}$", Folders(three, value, room: -5));
    }

    private static string Folders(string partitionBy, string value, int room = int.MaxValue)
    {
        var (spec, types, tuple) = Tuple(partitionBy, value);
        return PartitionPath.Of(spec, types, tuple, room);
    }

    private static (PartitionSpec Spec, ImmutableArray<DataType?> Types, PartitionTuple Tuple) Tuple(string partitionBy, string value)
    {
        var spec = PartitionSpecText.Parse(partitionBy, Columns);
        return (spec, spec.ResultTypes([Columns]), new PartitionTuple([.. spec.Fields.Select(_ => Encoding.UTF8.GetBytes(value))]));
    }

    private static readonly Schema Columns = Schema.Of(new Field(1, "s", PrimitiveType.String, false));

    private static string LocationOf(string warehouse, string partitionBy, string value)
    {
        var (spec, _, tuple) = Tuple(partitionBy, value);
        var table = new FileCatalog(new LocalStore(warehouse), warehouse).TryLoad(TestTables.Events)
            ?? new FileCatalog(new LocalStore(warehouse), warehouse).Create(TestTables.Events, new TableCreation { Schema = Columns, Spec = spec });
        return new DataFileBuilder(table.Metadata).LocationFor(spec, tuple, "00001-1-0198c0de-0000-7000-8000-000000000000.parquet");
    }
}
