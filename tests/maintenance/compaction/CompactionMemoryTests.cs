using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Parquet;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>A job keeps to its memory, whatever its files and rows have.</summary>
[Collection(nameof(CompactionMemoryTests))]
[CollectionDefinition(nameof(CompactionMemoryTests), DisableParallelization = true)]
public sealed class CompactionMemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1 << 20, 20, 32, false)]
    [InlineData(1 << 10, 16_000, 32, false)]
    [InlineData(4 << 20, 6, 64, false)]
    [InlineData(1 << 20, 20, 64, true)]
    [InlineData(1 << 10, 16_000, 32, true)]
    public void WideRowsAreCompactedInBoundedMemory(int rowBytes, int rows, int limitMib, bool isSorted)
    {
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "blob", PrimitiveType.Binary, false),
            new Field(3, "name", PrimitiveType.String, false));
        using var table = MaintainedTable.InMemory(schema, "", 3);
        for (var n = 0; n < 3; n++) Append(table, schema, rows, rowBytes);
        var before = Marks(table);
        using var buffers = new ParquetBuffers(0, (long)limitMib << 20);
        if (isSorted) table.Policy = MaintainedTable.MergesOnly with { Compaction = SortedBy("blob") };
        var plan = Assert.Single(table.Plan());
        using var job = plan.Start(table.Context with { Buffers = buffers, MemoryBytes = (long)limitMib << 20 });
        long least = Held(), most = 0;
        while (job.Step()) most = Math.Max(most, Held() - least);
        Assert.Null(job.Outcome!.Conflict);
        Assert.Equal(before, Marks(table));
        output.WriteLine($"{job.Outcome.BytesRead >> 20} MiB compacted in {most >> 20} MiB");
        Assert.InRange(most, 1, (long)limitMib << 20);
    }

    /// <summary>Give or take a batch, of which there are only some in so small a file.</summary>
    [Fact]
    public void FilesAreEndedAtTheTargetSize()
    {
        const long Target = 4 << 20;
        var schema = Schema.Of(
            new Field(1, "id", PrimitiveType.Long, true), new Field(2, "blob", PrimitiveType.Binary, false),
            new Field(3, "name", PrimitiveType.String, false));
        using var table = MaintainedTable.InMemory(schema);
        for (var n = 0; n < 24; n++) Append(table, schema, 500, 1 << 10);
        var rules = new CompactionPolicy { SettleMs = 0, QuietMs = 0, TargetFileBytes = Target, LeastRowGroupBytes = long.MaxValue };
        table.Policy = MaintainedTable.MergesOnly with { Compaction = rules };
        var rows = table.Rows().Count;
        var outcome = Assert.Single(table.Keep());
        Assert.Equal(3, outcome.FilesOut);
        Assert.All(table.Files(), t => Assert.InRange(t.Data.File.FileSizeBytes, Target * 2 / 3, Target * 5 / 4));
        Assert.Equal(rows, table.Rows().Count);
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(500, true)]
    public void ManyColumnsAreCompactedInTheDefaultMemory(int columns, bool isSorted)
    {
        var schema = Schema.Of([.. Enumerable.Range(1, columns).Select(id =>
            new Field(id, $"c{id}", id % 3 == 0 ? PrimitiveType.String : id % 3 == 1 ? PrimitiveType.Long : PrimitiveType.Double, false))]);
        using var table = MaintainedTable.InMemory(schema, "", 3);
        for (var n = 0; n < 3; n++) table.Append(3000);
        if (isSorted) table.Policy = MaintainedTable.MergesOnly with { Compaction = SortedBy("c1") };
        var rows = table.Table.Metadata.CurrentSnapshot!.Summary[SummaryKeys.TotalRecords];
        var memory = table.Context.MemoryBytes;
        using var buffers = new ParquetBuffers(0, memory);
        using var job = Assert.Single(table.Plan()).Start(table.Context with { Buffers = buffers });
        long least = Held(), most = 0;
        while (job.Step()) most = Math.Max(most, Held() - least);
        output.WriteLine($"{job.Outcome!.BytesRead >> 20} MiB compacted in {most >> 20} MiB");
        Assert.Equal(rows, $"{job.Outcome!.RowsRewritten}");
        Assert.InRange(most, 1, memory);
        table.Lint();
    }

    /// <summary>What tells the rows and their lineage apart, in order.</summary>
    private static List<(long RowId, long LastUpdated, long Id, uint Blob, uint Name)> Marks(MaintainedTable table)
    {
        var marks = new List<(long, long, long, uint, uint)>();
        using var reader = new TableScan(table.Table, table.Store, new ScanRequest { RowLineage = true }).Read();
        while (reader.TryRead(out var rows))
        {
            var columns = rows.Batch.Columns;
            for (var i = 0; i < rows.Rows; i++)
            {
                var row = rows.Ordinal(i).Value;
                marks.Add((columns[3].Value<long>(row), columns[4].Value<long>(row), columns[0].Value<long>(row),
                    Crc32C.Compute(columns[1].Bytes(row)), Crc32C.Compute(columns[2].Bytes(row))));
            }
        }
        marks.Sort();
        return marks;
    }

    private static CompactionPolicy SortedBy(string column) =>
        new() { SettleMs = 0, QuietMs = 0, Order = new RowOrder(RowOrderKind.Sorted, [column]) };

    private static long Held() => Enum.GetValues<MemoryTag>().Sum(MemoryLedger.Bytes);

    private static void Append(MaintainedTable table, Schema schema, int rows, int rowBytes)
    {
        var blob = new byte[rowBytes];
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1L << 30);
        for (var row = 0; row < rows; row++)
        {
            table.Random.NextBytes(blob);
            builder.Column(0).AppendLong(row);
            builder.Column(1).AppendBytes(blob);
            builder.Column(2).AppendBytes("name"u8);
            Assert.True(builder.EndRow());
        }
        table.Commit(new AppendFiles { Files = [.. ParquetFiles.Write(table.Table, builder.View(), table.Store)] });
    }
}
