using System.Text;
using System.Text.Json;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>
/// What others do to a table while it is compacted is never undone: the job is dropped, or what they did holds for its files too.
/// </summary>
public sealed class CompactionConflictTests
{
    private static readonly Schema Columns = Schema.Of(new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "name", PrimitiveType.String, false));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void WhereRowsAreInAnotherOrderThoseDeletedMeanwhileStayDeleted(int formatVersion) =>
        IsDropped(formatVersion, table => table.Delete((_, row) => row % 3 == 0), "were deleted meanwhile",
            new RowOrder(RowOrderKind.Sorted, ["id"]));

    [Fact]
    public void AFileThatIsGoneIsNotBroughtBack() =>
        IsDropped(2, table => table.Commit(new RemoveFiles { Files = [table.Files()[0].Data.File] }), "is not in the table any more");

    [Fact]
    public void ATableMadeAnewIsLeftAlone()
    {
        using var table = Filled(2);
        using var job = Assert.Single(table.Plan()).Start(table.Context);
        // All files are read.
        while (job.Progress < 0.99) Assert.True(job.Step());
        table.Catalog.Drop(TestTables.Events, purge: true);
        table.Catalog.Create(TestTables.Events, TestTables.Creation());
        while (job.Step())
        {
        }
        Assert.NotNull(job.Outcome!.Conflict);
        Assert.Empty(table.Rows());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void KeysDeletedMeanwhileAreFoundInTheNewFilesToo(int formatVersion)
    {
        using var table = Filled(formatVersion);
        using var job = Assert.Single(table.Plan()).Start(table.Context);
        Assert.True(job.Step());
        table.DeleteEqual(Columns.Fields[0], [.. Enumerable.Range(-20, 25).Select(n => (long)n)], PartitionTuple.Empty);
        var rows = table.Rows();
        while (job.Step())
        {
        }
        Assert.Null(job.Outcome!.Conflict);
        Assert.Equal(rows, table.Rows());
        table.Lint();
        table.Keep();
        Assert.Equal(rows, table.Rows());
    }

    /// <summary>Such deletes are for files of their own spec: they would not be found in the new ones.</summary>
    [Fact]
    public void KeysDeletedMeanwhileInFilesOfAnOlderSpecStayDeleted()
    {
        using var table = MaintainedTable.InMemory(Columns, "bucket(2, id)");
        for (var n = 0; n < 4; n++) table.Append(50);
        table.Commit(new UpdateSpec("bucket(3, id)"));
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            Assert.True(job.Step());
            var file = table.Files()[0].Data.File;
            table.DeleteEqual(Columns.Fields[0], [.. Enumerable.Range(-20, 25).Select(n => (long)n)], file.Partition, file.SpecId);
            while (job.Step())
            {
            }
            Assert.Contains("were deleted meanwhile", job.Outcome!.Conflict, StringComparison.Ordinal);
        }
        var rows = table.SortedRows();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(rows, table.SortedRows());
        table.Lint();
    }

    /// <summary>Where someone deletes all the time, files of an older spec are merged within it: there is no conflict for ever.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void InFilesOfAnOlderSpecRowsThatLieAsTheyComeStayDeleted(int formatVersion)
    {
        using var table = MaintainedTable.InMemory(Columns, "bucket(2, id)", formatVersion);
        for (var n = 0; n < 4; n++) table.Append(50);
        table.Commit(new UpdateSpec("bucket(3, id)"));
        for (var n = 0; n < 4; n++) table.Append(50);
        var older = table.Table.Metadata.Specs.Min(s => s.SpecId);
        Assert.Contains(table.Plan(), p => p is CompactionPlan { IsRouted: true });
        var plans = CompactionPlanner.Plan(TableInventory.Read(table.Table, table.Store, table.Policy),
            table.Policy with { Compaction = table.Policy.Compaction! with { AsTheyCome = true } }, table.Clock.UnixMs);
        Assert.DoesNotContain(plans, p => p.IsRouted);
        Assert.Equal(2, plans.Count(p => p.Spec.SpecId == older));
        foreach (var plan in plans)
        {
            using var job = plan.Start(table.Context);
            Assert.True(job.Step());
            table.Delete((task, row) => (row + plan.Spec.SpecId) % 7 == 0);
            var file = plan.Inputs[0].Data.File;
            table.DeleteEqual(Columns.Fields[0], [.. Enumerable.Range(-20, 25).Select(n => (long)n)], file.Partition, file.SpecId);
            var rows = table.SortedRows();
            while (job.Step())
            {
            }
            Assert.Null(job.Outcome!.Conflict);
            Assert.Equal(rows, table.SortedRows());
            Assert.Single(table.Files(), t => t.Data.File.SpecId == file.SpecId && t.Data.File.Partition.Equals(file.Partition));
            table.Lint();
        }
        // Once it is calm they are of the new one.
        var kept = table.SortedRows();
        table.Keep();
        Assert.Equal(kept, table.SortedRows());
        // One file that is larger than all others together may stay.
        Assert.InRange(table.Files().Count(t => t.Data.File.SpecId == older), 0, 1);
        table.Lint();
    }

    [Fact]
    public void NewRowsAreNotInTheWay()
    {
        using var table = Filled(3);
        using var job = Assert.Single(table.Plan()).Start(table.Context);
        Assert.True(job.Step());
        table.Append(20);
        var rows = table.SortedRows(lineage: true);
        while (job.Step())
        {
        }
        Assert.Null(job.Outcome!.Conflict);
        Assert.Equal(rows, table.SortedRows(lineage: true));
        table.Lint();
    }

    [Fact]
    public void OfAFileThatIsGoneOnlyTheGroupIsLeft()
    {
        using var table = MaintainedTable.InMemory(Columns);
        var first = InGroups(table);
        var gone = table.Files().Single(t => t.Data.File.FilePath == first).Data.File;
        var before = table.Files().Select(t => t.Data.File.FilePath).ToHashSet();
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            Read(job);
            table.Commit(new RemoveFiles { Files = [gone] });
            var rows = table.SortedRows();
            Finish(job);
            Assert.Null(job.Outcome!.Conflict);
            Assert.InRange(job.Outcome.FilesIn, 3, 5);
            Assert.Equal($"{6 - job.Outcome.FilesIn} files stay as they are for now, for others changed them meanwhile",
                Assert.Single(job.Outcome.Notes));
            Assert.Equal(rows, table.SortedRows());
            Assert.InRange(table.Files().Count(t => before.Contains(t.Data.File.FilePath)), 0, 6 - job.Outcome.FilesIn);
            Assert.Equal(job.Outcome.FilesOut, Made(table));
        }
        var left = table.SortedRows();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(left, table.SortedRows());
        table.Lint();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    /// <summary>
    /// Rows are deleted by their place and by their keys, before and while files are merged, in several rounds: copied or encoded anew,
    /// into one file or three, all rows or some.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void RowsDeletedMeanwhileAreDeletedInTheNewFiles(int seed)
    {
        var random = new Random(seed);
        using var table = MaintainedTable.InMemory(Columns, "", 2 + (seed % 2));
        InGroups(table, rows: 300, parts: random.Next(1, 4));
        var rules = table.Policy.Compaction!;
        if (seed % 3 == 0) table.Policy = table.Policy with { Compaction = rules with { LeastRowGroupBytes = 1 } };
        else
        {
            table.Delete((_, _) => random.Next(5) == 0);
            DeleteKeys();
        }
        var plan = Assert.Single(table.Plan().OfType<CompactionPlan>());
        if (seed % 4 == 1) plan = plan with { Kept = ScanFilter.Parse("id >= 70 and id < 1500") };
        using (var job = plan.Start(table.Context))
        {
            for (var more = true; more;)
            {
                if (random.Next(4) == 0) table.Delete((_, _) => random.Next(9) == 0);
                if (random.Next(6) == 0) DeleteKeys();
                more = job.Step();
                if (job.Progress > 0.98 && random.Next(3) > 0) break;
            }
            var rows = Expected(table, plan);
            Finish(job);
            Assert.Null(job.Outcome!.Conflict);
            Assert.Equal(6, job.Outcome.FilesIn);
            Assert.Equal(rows, table.SortedRows(lineage: true));
        }
        table.Lint();
        var left = table.SortedRows(lineage: true);
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(left, table.SortedRows(lineage: true));
        table.Lint();

        void DeleteKeys() => table.DeleteEqual(Columns.Fields[0], [.. Enumerable.Range(0, 9).Select(_ => random.NextInt64(1_800))],
            PartitionTuple.Empty);
    }

    /// <summary>The rows that are there now, but for those that the job leaves out of those that it read.</summary>
    private static List<string> Expected(MaintainedTable table, CompactionPlan plan)
    {
        var inputs = plan.Inputs.Select(t => t.Data.File.FilePath).ToHashSet();
        var isDone = !table.Files().Any(t => inputs.Contains(t.Data.File.FilePath));
        return [.. table.SortedRows(lineage: true).Where(row => isDone || plan.Kept is null || IsKept(row))];

        static bool IsKept(string row) => JsonDocument.Parse(row).RootElement.GetProperty("id").GetInt64() is >= 70 and < 1_500;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void WhoeverDeletesAllTheTimeIsLeftToIt(int formatVersion)
    {
        using var table = Filled(formatVersion);
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            Read(job);
            var at = 0;
            do table.Delete((_, row) => row == at);
            while (job.Step() && at++ < 20);
            Assert.Contains("were deleted meanwhile", job.Outcome!.Conflict, StringComparison.Ordinal);
        }
        // Of what it wrote, and of deletes that it carried, nothing is left.
        Assert.Equal(0, Made(table));
        table.Lint(orphans: true);
    }

    [SharedTheory(Judge.Program)]
    [InlineData(2, "pos")]
    [InlineData(3, "dv")]
    public void RowsThatIcebergJavaDeletedMeanwhileAreDeletedInTheNewFiles(int formatVersion, string how)
    {
        using var folder = new TempFolder();
        using var judge = new JudgeSession();
        var store = new LocalStore(folder.Path);
        using var table = new MaintainedTable(store, store.Root, Columns, "", formatVersion);
        var first = InGroups(table, rows: 300, parts: 2);
        var location = table.Table.Metadata.Location;
        table.Delete((task, row) => task.Data.File.FilePath == first && row is >= 100 and < 130);
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            Read(job);
            judge.Do("op", "delete", location, "--where", "id >= 120 and id < 150", "--how", how);
            judge.Do("op", "delete", location, "--where", "id = 1200", "--how", how);
            var rows = judge.Do("read", location).Order(StringComparer.Ordinal).ToList();
            Finish(job);
            Assert.Null(job.Outcome!.Conflict);
            Assert.Equal((6, "21 rows that others deleted meanwhile are deleted in the new files"),
                (job.Outcome.FilesIn, Assert.Single(job.Outcome.Notes)));
            Assert.Equal(rows, judge.Do("read", location).Order(StringComparer.Ordinal));
        }
        var errors = judge.Do("check", location, "--lineage").Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors.Take(10)));
        // Its own deletes go on where ours are.
        judge.Do("op", "delete", location, "--where", "id >= 150 and id < 160", "--how", how);
        Assert.Equal((6 * 300) - 61, table.Rows().Count);
    }

    private static void Read(MaintenanceJob job)
    {
        // All files are read.
        while (job.Progress < 0.99) Assert.True(job.Step());
    }

    private static void Finish(MaintenanceJob job)
    {
        while (job.Step())
        {
        }
    }

    /// <summary>Files of compactions that there are.</summary>
    private static int Made(MaintainedTable table) =>
        table.Store.List(table.Table.Metadata.Location + "/").Count(o => Generation.Of(o.Location) > 0);

    /// <summary>Files that become three, and the first of them.</summary>
    private static string InGroups(MaintainedTable table, int rows = 3_000, int parts = 3)
    {
        for (var n = 0; n < 6; n++) Append(table, n * rows, rows);
        var files = table.Files();
        table.Policy = MaintainedTable.MergesOnly with
        {
            Compaction = new() { SettleMs = 0, QuietMs = 0, TargetFileBytes = files.Sum(t => t.Data.File.FileSizeBytes) / parts },
        };
        return Assert.Single(table.Plan().OfType<CompactionPlan>()).Inputs[0].Data.File.FilePath;
    }

    /// <summary>Rows of ids that no others have.</summary>
    private static void Append(MaintainedTable table, long from, int rows)
    {
        using var builder = new BatchBuilder(Columns, MemoryTag.Scratch, 1L << 30);
        Span<byte> name = stackalloc byte[12];
        for (var id = from; id < from + rows; id++)
        {
            table.Random.NextBytes(name);
            builder.Column(0).AppendLong(id);
            builder.Column(1).AppendBytes(Encoding.ASCII.GetBytes(Convert.ToHexString(name)));
            Assert.True(builder.EndRow());
        }
        table.Commit(new AppendFiles { Files = [.. ParquetFiles.Write(table.Table, builder.View(), table.Store)] });
    }

    private static MaintainedTable Filled(int formatVersion)
    {
        var table = MaintainedTable.InMemory(Columns, "", formatVersion);
        for (var n = 0; n < 4; n++) table.Append(50);
        return table;
    }

    private static void IsDropped(int formatVersion, Action<MaintainedTable> meanwhile, string why, RowOrder? order = null)
    {
        using var table = Filled(formatVersion);
        if (order is not null) table.Policy = table.Policy with { Compaction = table.Policy.Compaction! with { Order = order } };
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            Assert.True(job.Step());
            meanwhile(table);
            var rows = table.Rows();
            var files = table.Files();
            while (job.Step())
            {
            }
            Assert.Contains(why, job.Outcome!.Conflict, StringComparison.Ordinal);
            job.Dispose();
            Assert.Equal(rows, table.Rows());
            Assert.Equal(files.Select(f => f.Data.File.FilePath), table.Files().Select(f => f.Data.File.FilePath));
            Assert.DoesNotContain(table.Store.List("memory://wh/"), o => Generation.Of(o.Location) > 0);
        }
        // Where rows may lie as they come, the same is no conflict.
        if (order is not null)
        {
            var rules = table.Policy.Compaction! with { AsTheyCome = true };
            var plan = Assert.Single(CompactionPlanner.Plan(TableInventory.Read(table.Table, table.Store, table.Policy),
                table.Policy with { Compaction = rules }, table.Clock.UnixMs));
            Assert.Equal(RowOrder.Unsorted, plan.Order);
        }
        // The next one sees the table as it is.
        var before = table.SortedRows();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(before, table.SortedRows());
        Assert.Single(table.Files());
        table.Lint();
    }
}
