using System.Text;
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
    public void RowsDeletedMeanwhileStayDeleted(int formatVersion) =>
        IsDropped(formatVersion, table => table.Delete((_, row) => row % 3 == 0), "were deleted meanwhile");

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

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void OfRowsDeletedMeanwhileOnlyTheGroupIsLeft(int formatVersion)
    {
        using var table = MaintainedTable.InMemory(Columns, "", formatVersion);
        var first = InGroups(table);
        LeavesOneGroup(table, () => table.Delete((task, row) => task.Data.File.FilePath == first && row % 3 == 0), table.SortedRows);
    }

    [Fact]
    public void OfAFileThatIsGoneOnlyTheGroupIsLeft()
    {
        using var table = MaintainedTable.InMemory(Columns);
        var first = InGroups(table);
        var gone = table.Files().Single(t => t.Data.File.FilePath == first).Data.File;
        LeavesOneGroup(table, () => table.Commit(new RemoveFiles { Files = [gone] }), table.SortedRows);
    }

    [SharedTheory(Judge.Program)]
    [InlineData(2, "pos")]
    [InlineData(3, "dv")]
    public void OfRowsThatIcebergJavaDeletedMeanwhileOnlyTheGroupIsLeft(int formatVersion, string how)
    {
        using var folder = new TempFolder();
        using var judge = new JudgeSession();
        var store = new LocalStore(folder.Path);
        using var table = new MaintainedTable(store, store.Root, Columns, "", formatVersion);
        var first = InGroups(table);
        var location = table.Table.Metadata.Location;
        var bounds = table.Files().Single(t => t.Data.File.FilePath == first).Data.File.LowerBounds!;
        var id = SingleValue.ToLong(bounds[1]);
        LeavesOneGroup(table, () => judge.Do("op", "delete", location, "--where", $"id = {id}", "--how", how),
            _ => [.. judge.Do("read", location).Order(StringComparer.Ordinal)]);
        judge.Check(location);
    }

    /// <summary>Files that become three, and the first of them.</summary>
    private static string InGroups(MaintainedTable table)
    {
        for (var n = 0L; n < 6; n++) Append(table, n * 3_000, 3_000);
        var files = table.Files();
        table.Policy = MaintainedTable.MergesOnly with
        {
            Compaction = new() { SettleMs = 0, QuietMs = 0, TargetFileBytes = files.Sum(t => t.Data.File.FileSizeBytes) / 3 },
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

    private static void LeavesOneGroup(MaintainedTable table, Action meanwhile, Func<bool, List<string>> read)
    {
        var before = table.Files().Select(t => t.Data.File.FilePath).ToHashSet();
        using (var job = Assert.Single(table.Plan()).Start(table.Context))
        {
            // All files are read.
            while (job.Progress < 0.99) Assert.True(job.Step());
            meanwhile();
            var rows = read(false);
            while (job.Step())
            {
            }
            Assert.Null(job.Outcome!.Conflict);
            Assert.InRange(job.Outcome.FilesIn, 3, 5);
            Assert.Equal($"{6 - job.Outcome.FilesIn} files stay as they are for now, for others changed them meanwhile",
                Assert.Single(job.Outcome.Notes));
            Assert.Equal(rows, read(false));
            Assert.InRange(table.Files().Count(t => before.Contains(t.Data.File.FilePath)), 0, 6 - job.Outcome.FilesIn);
            var made = table.Store.List(table.Table.Metadata.Location + "/").Count(o => Generation.Of(o.Location) > 0);
            Assert.Equal(job.Outcome.FilesOut, made);
        }
        var left = table.SortedRows();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(left, table.SortedRows());
        table.Lint();
    }

    private static MaintainedTable Filled(int formatVersion)
    {
        var table = MaintainedTable.InMemory(Columns, "", formatVersion);
        for (var n = 0; n < 4; n++) table.Append(50);
        return table;
    }

    private static void IsDropped(int formatVersion, Action<MaintainedTable> meanwhile, string why)
    {
        using var table = Filled(formatVersion);
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
        // The next one sees the table as it is.
        var before = table.Rows();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(before, table.Rows());
        Assert.Single(table.Files());
        table.Lint();
    }
}
