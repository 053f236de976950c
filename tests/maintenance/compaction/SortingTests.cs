using System.Text;

using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>Rows that are sorted within little memory are all there and in order, with their lineage.</summary>
public sealed class SortingTests(ITestOutputHelper output)
{
    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "n", PrimitiveType.Int, false),
        new Field(4, "x", PrimitiveType.Double, false), new Field(5, "at", PrimitiveType.TimestampTz, false),
            new Field(6, "d", PrimitiveType.Decimal(20, 2), false),
        new Field(7, "s", new StructType([new Field(8, "k", PrimitiveType.Long, false)]), false),
            new Field(9, "tags", new ListType(new Field(10, "element", PrimitiveType.String, false)), false));

    [Theory]
    [InlineData(1, 64 << 20, "n,name")]
    [InlineData(2, 64 << 20, "s.k,x,id")]
    [InlineData(3, 4 << 20, "name")]
    [InlineData(4, 4 << 20, "d,at,n")]
    public void FilesAreSortedByColumns(int seed, int memoryBytes, string columns)
    {
        output.WriteLine($"seed {seed}");
        using var table = Filled(seed, memoryBytes >= 64 << 20 ? 400 : 60_000, memoryBytes);
        Sort(table, new RowOrder(RowOrderKind.Sorted, [.. columns.Split(',')]),
            new SortOrder(0, [.. columns.Split(',')
            .Select(c => new SortField(Columns.FindByPath(c)!.Id, Transform.Identity, false, false))]));
    }

    [Theory]
    [InlineData(5, 64 << 20)]
    [InlineData(6, 4 << 20)]
    public void ATableWithASortOrderGetsItsFilesInThatOrderAndSaysSo(int seed, int memoryBytes)
    {
        using var table = Filled(seed, memoryBytes >= 64 << 20 ? 400 : 60_000, memoryBytes);
        var order = new SortOrder(1,
            [new SortField(3, Transform.Truncate(10), true, true), new SortField(5, Transform.Day, false, false),
            new SortField(2, Transform.Bucket(4), true, false), new SortField(4, Transform.Identity, true, true)]);
        var metadata = table.Table;
        Assert.IsType<CommitOutcome.Committed>(
            table.Catalog.Commit(metadata, [new MetadataUpdate.AddSortOrder(order), new MetadataUpdate.SetDefaultSortOrder(-1)], []));
        Sort(table, RowOrder.OfTable, order);
        Assert.All(table.Files(), t => Assert.Equal(1, t.Data.File.SortOrderId));
        // What is in the table's order is merged again with what comes.
        for (var n = 0; n < 3; n++) table.Append(memoryBytes >= 64 << 20 ? 200 : 30_000);
        Sort(table, RowOrder.OfTable, order);
    }

    [Fact]
    public void ZOrderNarrowsEachOfItsColumns()
    {
        var schema = Schema.Of(new Field(1, "a", PrimitiveType.Long, true), new Field(2, "b", PrimitiveType.String, true),
            new Field(3, "c", PrimitiveType.TimestampTz, true));
        using var table = MaintainedTable.InMemory(schema, "", 2, 7, ("write.target-file-size-bytes", "60000"),
            ("write.parquet.compression-codec", "none"));
        for (var file = 0; file < 4; file++)
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            for (var row = 0; row < 40_000; row++)
            {
                builder.Column(0).AppendLong(table.Random.Next(100_000));
                builder.Column(1).AppendBytes(Encoding.UTF8.GetBytes($"user-{table.Random.Next(100_000):D6}"));
                builder.Column(2).AppendLong(1_700_000_000_000_000 + table.Random.NextInt64(86_400_000_000));
                Assert.True(builder.EndRow());
            }
            table.Commit(new AppendFiles { Files = [.. ParquetFiles.Write(table.Table, builder.View(), table.Store)] });
        }
        var rows = table.SortedRows();
        var order = new RowOrder(RowOrderKind.ZOrder, ["a", "b", "c"]);
        var rules = new CompactionPolicy { SettleMs = 0, QuietMs = 0, TargetFileBytes = 1 << 30, Order = order };
        table.Policy = MaintainedTable.MergesOnly with { Compaction = rules };
        var plan = Assert.IsType<CompactionPlan>(Assert.Single(table.Plan())) with { FileBytes = 60_000 };
        Assert.Null(MaintainedTable.Run(plan, table.Context).Conflict);
        Assert.Equal(rows, table.SortedRows());
        var files = table.Files();
        Assert.InRange(files.Length, 8, 100);
        // A range of a tenth of any column is in a part of the files; sorted by one, it would be in nearly all for the others.
        foreach (var filter in (string[])["a >= 20000 and a < 30000", "b >= 'user-020000' and b < 'user-030000'",
            "c >= '2023-11-15T00:00:00+00:00' and c < '2023-11-15T02:24:00+00:00'"])
        {
            var met = new TableScan(table.Table, table.Store, new ScanRequest { Filter = ScanFilter.Parse(filter) }).Plan().Length;
            output.WriteLine($"{filter}: {met} of {files.Length} files");
            Assert.InRange(met, 1, files.Length * 2 / 3);
        }
        table.Lint();
    }

    [Fact]
    public void FilesOfAnOlderSpecAreDividedByTheNewOneWithinLittleMemory()
    {
        using var table = Filled(8, 60_000, 4 << 20);
        var rows = table.SortedRows(lineage: true);
        table.Commit(new UpdateSpec("bucket(40, id)"));
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(rows, table.SortedRows(lineage: true));
        Assert.All(table.Files(), t => Assert.Equal(table.Table.Metadata.DefaultSpecId, t.Data.File.SpecId));
        Assert.Equal(table.Files().Length, table.Files().Select(t => t.Data.File.Partition).Distinct().Count());
        Assert.DoesNotContain(table.Store.List("memory://wh/"), o => o.Location.Contains("/sort-", StringComparison.Ordinal));
        table.Lint();
    }

    private static MaintainedTable Filled(int seed, int rows, long memoryBytes)
    {
        var table = MaintainedTable.InMemory(Columns, "", 3, seed);
        for (var n = 0; n < 3; n++) table.Append(rows / 3);
        table.Delete((_, row) => row % 11 == 0);
        table.Context = table.Context with { MemoryBytes = memoryBytes, Buffers = new ParquetBuffers(0, Math.Max(memoryBytes, 32 << 20)) };
        return table;
    }

    private static void Sort(MaintainedTable table, RowOrder order, SortOrder expected)
    {
        var before = table.SortedRows(lineage: true);
        table.Policy = MaintainedTable.MergesOnly with { Compaction = new() { SettleMs = 0, QuietMs = 0, Order = order } };
        Assert.Null(MaintainedTable.Run(Assert.Single(table.Plan()), table.Context).Conflict);
        Assert.Equal(before, table.SortedRows(lineage: true));
        var key = OrderKey.BySortOrder(expected, Columns);
        byte[] last = [];
        var scan = new TableScan(table.Table, table.Store);
        using var reader = scan.Read(table.Buffers);
        while (reader.TryRead(out var batch))
            for (var row = 0; row < batch.Rows; row++)
            {
                var next = key.Of(batch.Batch, batch.Ordinal(row)).ToArray();
                Assert.True(last.AsSpan().SequenceCompareTo(next) <= 0);
                last = next;
            }
        Assert.DoesNotContain(table.Store.List("memory://wh/"), o => o.Location.Contains("/sort-", StringComparison.Ordinal));
        table.Lint();
    }
}
