using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Memory;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>Numbers of distinct values are counted, gone on from where rows only came, and counted anew where they went.</summary>
public sealed class StatisticsTests : IDisposable
{
    private readonly KeptTable kept = new();

    private TableMetadata Metadata => kept.Table.Metadata;

    public void Dispose() => kept.Dispose();

    [Fact]
    public void EachColumnIsCountedForTheSnapshotThatWasRead()
    {
        Append(0, 3_000, names: 7);
        var outcome = Count();
        Assert.Equal(1, outcome.FilesIn);
        var statistics = Assert.Single(Metadata.Statistics);
        Assert.Equal(Metadata.CurrentSnapshotId, statistics.SnapshotId);
        Assert.Equal([(1, 3_000L), (2, 7L), (3, 1L)], Counts(statistics));
        Assert.Null(Plan());
        kept.RequireWhole();
    }

    [Fact]
    public void WhereRowsOnlyCameOnlyTheyAreRead()
    {
        Append(0, 3_000, names: 5);
        Count();
        Append(2_000, 3_500, names: 9);
        Compact();
        Append(3_000, 3_700, names: 3);
        var plan = Plan();
        Assert.NotNull(plan!.Since);
        var outcome = kept.Run(plan);
        Assert.Equal(2, outcome.FilesIn);
        Assert.Equal([(1, 3_700L), (2, 9L), (3, 1L)], Counts(Newest));
        kept.RequireWhole();
    }

    [Fact]
    public void WhereRowsWentAllAreRead()
    {
        var first = Append(0, 1_000, names: 5);
        Append(1_000, 1_500, names: 2);
        Count();
        kept.Commit(new RemoveFiles { Files = [first] });
        var plan = Plan();
        Assert.Null(plan!.Since);
        kept.Run(plan);
        Assert.Equal([(1, 500L), (2, 2L), (3, 1L)], Counts(Newest));
    }

    [Fact]
    public void WhereTheHistoryBetweenIsGoneAllAreRead()
    {
        Append(0, 1_000, names: 5);
        Count();
        Append(1_000, 1_500, names: 2);
        var plan = Plan();
        Append(1_500, 1_600, names: 2);
        kept.Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue });
        kept.Run(plan);
        Assert.Equal((1, 1_600L), Counts(Newest)[0]);
    }

    [Fact]
    public void AColumnThatWasAddedIsCountedFromTheBeginning()
    {
        Append(0, 100, names: 5);
        Count();
        kept.Commit(new UpdateSchema().Add("", "more", PrimitiveType.Long));
        Append(100, 200, names: 5);
        kept.Run(Plan());
        Assert.Equal([(1, 200L), (2, 5L), (3, 1L), (4, 0L)], Counts(Newest));
    }

    [Fact]
    public void ANewSnapshotOfTheSameRowsGetsStatisticsWithoutReadingAny()
    {
        Append(0, 100, names: 5);
        Count();
        Compact();
        Assert.Null(StatisticsPlanner.Plan(Metadata, new StatisticsPolicy()));
        Assert.Equal(0, Count().FilesIn);
        Assert.Equal([(1, 100L), (2, 5L), (3, 1L)], Counts(Newest));
        Assert.Null(Plan());
    }

    [Fact]
    public void FewNewRowsAreNotWorthIt()
    {
        Append(0, 1_000, names: 5);
        Count();
        Append(1_000, 1_100, names: 5);
        Assert.Null(StatisticsPlanner.Plan(Metadata, new StatisticsPolicy()));
        Append(1_100, 1_500, names: 5);
        Assert.NotNull(StatisticsPlanner.Plan(Metadata, new StatisticsPolicy()));
    }

    [Fact]
    public void ATableWithoutRowsHasNone() => Assert.Null(Plan());

    [Fact]
    public void AJobThatIsGivenUpLeavesNoFile()
    {
        Append(0, 40_000, names: 5);
        var before = kept.Stored.List(Metadata.Location).Count();
        using (var job = Plan()!.Start(kept.Context))
            Assert.True(job.Step());
        Assert.Equal(before, kept.Stored.List(Metadata.Location).Count());
        Assert.Empty(Metadata.Statistics);
    }

    [Fact]
    public void WhereTheSnapshotExpiresMeanwhileNothingIsLeft()
    {
        Append(0, 40_000, names: 5);
        using (var job = Plan()!.Start(kept.Context))
        {
            Assert.True(job.Step());
            Append(0, 1, names: 1);
            kept.Commit(new ExpireSnapshots { OlderThanMs = long.MaxValue });
            KeptTable.Finish(job);
            Assert.Contains("has expired", job.Outcome!.Conflict, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(kept.Stored.List(Metadata.Location), f => f.Location.EndsWith(".stats", StringComparison.Ordinal));
    }

    private StatisticsFile Newest => Metadata.Statistics.Single(s => s.SnapshotId == Metadata.CurrentSnapshotId);

    private StatisticsPlan? Plan() => StatisticsPlanner.Plan(Metadata, StatisticsPolicy.Always);

    private JobOutcome Count() => kept.Run(Plan());

    private List<(int, long)> Counts(StatisticsFile statistics) =>
        [.. DistinctValues.Read(kept.Stored, statistics).Select(c => (c.Key, c.Value))];

    private DataFile Append(int from, int to, int names)
    {
        var table = kept.Table;
        using var builder = new BatchBuilder(table.Metadata.CurrentSchema, MemoryTag.Scratch, 16 << 20);
        for (var id = from; id < to; id++)
        {
            builder.Column(0).AppendLong(id);
            builder.Column(1).AppendBytes([(byte)('a' + (id % names))]);
            builder.Column(2).AppendLong(5);
            for (var more = 3; more < table.Metadata.CurrentSchema.Fields.Length; more++) builder.Column(more).AppendNull();
            Assert.True(builder.EndRow());
        }
        var file = ParquetFiles.Write(table, builder.View(), kept.Stored).Single();
        kept.Commit(TestTables.Append(file));
        return file;
    }

    /// <summary>A replacement that changes no row.</summary>
    private void Compact()
    {
        var first = new TableScan(kept.Table, kept.Stored).Plan()[0].Data.File;
        var path = first.FilePath.Replace(".parquet", "-again.parquet", StringComparison.Ordinal);
        var copy = first with { FilePath = path, FirstRowId = null };
        kept.Stored.Put(copy.FilePath, kept.Stored.Read(first.FilePath));
        kept.Commit(new RewriteFiles
        {
            StartSnapshotId = Metadata.CurrentSnapshotId!.Value,
            Replaced = [first],
            Files = [copy],
        });
    }
}
