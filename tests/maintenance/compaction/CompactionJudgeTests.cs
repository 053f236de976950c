using System.Text.Json;

using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>Compacted tables as Iceberg Java sees them: every rule holds, every row is there, with the id it had.</summary>
public sealed class CompactionJudgeTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "n", PrimitiveType.Int, false),
        new Field(4, "tags", new ListType(new Field(5, "element", PrimitiveType.String, false)), false));

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedFact(Judge.Program)]
    public void RowsAndTheirLineageAreWhatTheyWere()
    {
        using var judge = new JudgeSession();
        foreach (var (formatVersion, partitionBy, seed) in (ReadOnlySpan<(int, string, int)>)[(2, "", 1), (3, "", 2),
            (2, "truncate(10, n)", 3), (3, "bucket(3, id)", 4)])
        {
            output.WriteLine($"seed {seed}");
            var store = new LocalStore(System.IO.Path.Join(folder.Path, $"{seed}"));
            using var table = new MaintainedTable(store, store.Root, Columns, partitionBy, formatVersion, seed);
            for (var round = 0; round < 3; round++)
            {
                for (var n = 0; n < 4; n++) table.Append(table.Random.Next(10, 80));
                table.Delete((_, _) => table.Random.Next(6) == 0);
                if (round == 1) table.Commit(new UpdateSchema().Add("", "x", PrimitiveType.Long));
                Keep(judge, table);
            }
            // Other partitions, and an order.
            table.Commit(new UpdateSpec("bucket(2, id), truncate(3, name)"));
            var order = new SortOrder(1,
                [new SortField(3, Transform.Identity, true, true), new SortField(2, Transform.Identity, false, false)]);
            table.Catalog.Commit(table.Table, [new MetadataUpdate.AddSortOrder(order), new MetadataUpdate.SetDefaultSortOrder(-1)], []);
            for (var n = 0; n < 3; n++) table.Append(50);
            Keep(judge, table);
            Assert.Contains(table.Files(), t => t.Data.File.SortOrderId == 1);
        }
    }

    /// <summary>Rows of before have no ids until a commit of version 3 gives them some: this may be a compaction.</summary>
    [SharedFact(Judge.Program)]
    public void ATableThatWasJustUpgradedIsCompacted()
    {
        using var judge = new JudgeSession();
        foreach (var append in (bool[])[false, true])
        {
            var store = new LocalStore(System.IO.Path.Join(folder.Path, $"{append}"));
            using var table = new MaintainedTable(store, store.Root, Columns);
            for (var n = 0; n < 3; n++) table.Append(40);
            table.Catalog.Commit(table.Table, [new MetadataUpdate.UpgradeFormatVersion(3)], []);
            if (append) table.Append(40);
            var rows = table.SortedRows(lineage: append);
            Assert.NotEmpty(table.Keep());
            Assert.Equal(rows, table.SortedRows(lineage: append));
            var problems = judge.Do("check", table.Table.Metadata.Location, "--lineage")
                .Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
            Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
            table.Lint();
        }
    }

    private static void Keep(JudgeSession judge, MaintainedTable table)
    {
        var before = Rows(judge, table);
        Assert.Equal(before.Count, table.Rows().Count);
        Assert.NotEmpty(table.Keep());
        Assert.Equal(before, Rows(judge, table));
        var problems = judge.Do("check", table.Table.Metadata.Location, "--lineage")
            .Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
    }

    /// <summary>With ids and sequence numbers, without places.</summary>
    private static List<string> Rows(JudgeSession judge, MaintainedTable table) =>
        [.. judge.Do("read", table.Table.Metadata.Location, "--meta")
            .Select(l => string.Join(',', JsonDocument.Parse(l).RootElement.EnumerateObject()
            .Where(p => p.Name is not ("_file" or "_pos" or "_spec_id")).Select(p => p.ToString()))).Order(StringComparer.Ordinal)];
}
