using System.Text.Json;

using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>Files put together by copying their row groups hold the same rows, with everything that is said of them.</summary>
public sealed class RowGroupCopyTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "n", PrimitiveType.Int, false),
        new Field(4, "x", PrimitiveType.Double, false),
            new Field(5, "nested", new StructType([new Field(6, "k", PrimitiveType.Long, false)]), false),
        new Field(7, "tags", new ListType(new Field(8, "element", PrimitiveType.String, false)), false));

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public void RowsLineageAndMetricsAreThoseOfTheParts(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var store = new LocalStore(folder.Path);
        using var table = Filled(store, formatVersion, seed);
        var (rows, lineage) = (table.Rows(), table.Rows(lineage: formatVersion >= 3));
        var before = table.Files();
        Assert.Null(Assert.Single(table.Keep()).Conflict);
        var file = Assert.Single(table.Files()).Data.File;
        // Copied: as many row groups as before.
        Assert.Equal(before.Sum(t => t.Data.File.SplitOffsets.Length), file.SplitOffsets.Length);
        Assert.True(file.SplitOffsets.Length > before.Length);
        Assert.Equal(rows, table.Rows());
        Assert.Equal(lineage, table.Rows(lineage: formatVersion >= 3));
        Assert.Equal(before.Min(t => SingleValue.ToLong(t.Data.File.LowerBounds![1])), SingleValue.ToLong(file.LowerBounds![1]));
        Assert.Equal(before.Sum(t => t.Data.File.NanValueCounts![4]), file.NanValueCounts![4]);
        table.Lint();
        foreach (var engine in (string[])["duckdb", "pyiceberg"])
            if (PythonJudge.Rows(table.Table.Metadata.Location, engine, null) is { } read) Assert.Equal(Sorted(rows), Sorted(read));
        if (Shared.Find(Judge.Program) is null) return;
        using var judge = new JudgeSession();
        var location = table.Table.Metadata.Location;
        var problems = judge.Do("check", location, "--lineage").Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
        Assert.Equal(Sorted(rows), Sorted(judge.Do("read", location)));
    }

    /// <summary>Readers write spaces and text as they like.</summary>
    private static List<string> Sorted(IEnumerable<string> rows) =>
        [.. rows.Select(r => JsonSerializer.Serialize(JsonDocument.Parse(r))).Order(StringComparer.Ordinal)];

    /// <summary>What was copied once, ids and all, is copied again with what came since; a file without them is not in the way.</summary>
    [Fact]
    public void WhatWasCopiedIsCopiedAgain()
    {
        using var table = Filled(new MemoryStore("memory://wh"), 3, 3);
        Assert.Single(table.Keep());
        var lineage = table.Rows(lineage: true);
        var rules = new CompactionPolicy { SettleMs = 0, QuietMs = 0, LeastRowGroupBytes = 1, DeletedRatio = 0.1 };
        table.Policy = MaintainedTable.MergesOnly with { Compaction = rules };
        var plan = Plan(table);
        Assert.Null(MaintainedTable.Run(plan, table.Context).Conflict);
        Assert.Equal(lineage, table.Rows(lineage: true));
        table.Lint();
        table.Append(300);
        lineage = table.SortedRows(lineage: true);
        Assert.Null(MaintainedTable.Run(Plan(table), table.Context).Conflict);
        Assert.Equal(lineage, table.SortedRows(lineage: true));
        Assert.Single(table.Files());
        table.Lint();
    }

    [Fact]
    public void DeletedRowsOtherColumnsAndAnotherCodecAreWrittenAnew()
    {
        foreach (var change in (Action<MaintainedTable>[])
        [
            t => t.Delete((_, row) => row == 5),
            t =>
            {
                t.Commit(new UpdateSchema().Add("", "more", PrimitiveType.Long));
                t.Append(100);
            },
            t => t.Commit(new UpdateSchema().Drop("x")),
            t => t.Commit(new SetTableProperties { Updates = TestTables.Strings(("write.parquet.compression-codec", "snappy")) }),
        ])
        {
            using var table = Filled(new MemoryStore("memory://wh"), 2, 4);
            change(table);
            var rows = table.Rows();
            Assert.Null(Assert.Single(table.Keep()).Conflict);
            Assert.Equal(rows, table.Rows());
            Assert.Single(Assert.Single(table.Files()).Data.File.SplitOffsets);
            table.Lint();
        }
    }

    [Fact]
    public void BloomFiltersAndPageIndexesComeAlong()
    {
        using var table = Filled(new MemoryStore("memory://wh"), 2, 5);
        var store = (MemoryStore)table.Store;
        var paths = table.Files().Select(t => t.Data.File.FilePath).ToList();
        Assert.Single(table.Keep());
        var path = Assert.Single(table.Files()).Data.File.FilePath;
        var one = new RowGroupSource(new MemorySource("one", store.Read(path)));
        Assert.True(one.IsComplete);
        var group = 0;
        foreach (var part in paths.Select(p => new RowGroupSource(new MemorySource("part", store.Read(p)))))
            for (var at = 0; at < part.RowGroups; at++, group++)
            {
                Assert.Equal(part.RowsOf(at), one.RowsOf(group));
                Assert.Equal(part.BytesOf(at), one.BytesOf(group));
            }
        // One value in thousands: pages and row groups without it are passed over, and those with it are not.
        var ids = table.Rows().Count;
        var found = 0;
        var scan = new TableScan(table.Table, store, new ScanRequest { Filter = ScanFilter.Parse("name = 'text value of some length 3'") });
        using var reader = scan.Read();
        while (reader.TryRead(out var batch)) found += batch.Rows;
        Assert.Equal(table.Rows().Count(r => r.Contains("\"name\":\"text value of some length 3\"", StringComparison.Ordinal)), found);
        Assert.InRange(found, 1, ids);
    }

    private static CompactionPlan Plan(MaintainedTable table) => new("a test")
    {
        Table = table.Table,
        Snapshot = table.Table.Metadata.CurrentSnapshot!,
        Inputs = table.Files(),
        Spec = table.Table.Metadata.DefaultSpec,
        Generation = 1,
        FileBytes = 1 << 30,
        LeastRowGroupBytes = 1,
    };

    private static MaintainedTable Filled(IObjectStore store, int formatVersion, int seed)
    {
        var root = store is LocalStore local ? local.Root : "memory://wh";
        var table = new MaintainedTable(store, root, Columns, "", formatVersion, seed)
        {
            Policy = MaintainedTable.MergesOnly with { Compaction = new() { SettleMs = 0, QuietMs = 0, LeastRowGroupBytes = 1 } },
        };
        for (var n = 0; n < 3; n++) table.AppendInGroups(3000, "name", "id");
        return table;
    }
}
