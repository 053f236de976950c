using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;

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
