using K2I.Iceberg;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>Which files are merged, when, and how often.</summary>
public sealed class CompactionPlannerTests(ITestOutputHelper output)
{
    private const long Mib = 1 << 20, Hour = 3_600_000;

    [Fact]
    public void FewSmallFilesWaitForMore()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 11; n++) table.Add(40 * Mib);
        table.NowMs += Hour;
        // Eleven of 40 MiB make more than ¾ of 512 MiB; ten do not.
        Assert.Equal(11, Assert.Single(table.Plan()).Inputs.Length);
        table = new PlannedTable();
        for (var n = 0; n < 9; n++) table.Add(40 * Mib);
        table.NowMs += Hour;
        Assert.Empty(table.Plan());
        for (var n = 0; n < 3; n++) table.Add(Mib);
        table.NowMs += Hour;
        var plan = Assert.Single(table.Plan());
        Assert.Equal((12, 1), (plan.Inputs.Length, plan.Generation));
        Assert.Equal("12 files of 30.2 MiB on average in p=0: they are many and small", plan.Reason);
    }

    [Fact]
    public void AJobReadsNoMoreDeletedKeysThanMemoryIsFor()
    {
        // 64 bytes a key, and four times the file's 100.
        var table = new PlannedTable { Rules = new() { LeastFiles = 2, MostKeyBytes = 64_400 } };
        for (var n = 0; n < 4; n++) table.Add(40 * Mib, keys: 400);
        var left = table.Add(40 * Mib, keys: 1_001);
        table.NowMs += Hour;
        var plans = table.Plan();
        Assert.Equal([2, 2], plans.Select(p => p.Inputs.Length));
        Assert.DoesNotContain(plans.SelectMany(p => p.Inputs), t => t.Data.File.FilePath == left);
        Assert.Equal(1, table.Shape().LeftFiles);
    }

    [Fact]
    public void TheHotEndIsLeftAloneUntilItIsQuiet()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 12; n++) table.Add(40 * Mib);
        var young = table.Add(40 * Mib);
        Assert.Empty(table.Plan());
        table.NowMs += table.Rules.SettleMs;
        Assert.Equal(13, Assert.Single(table.Plan()).Inputs.Length);
        table.Add(40 * Mib);
        var plan = Assert.Single(table.Plan());
        Assert.Equal(13, plan.Inputs.Length);
        Assert.Contains(plan.Inputs, t => t.Data.File.FilePath == young);
    }

    [Fact]
    public void PartitionsAreMergedEachForItselfAndAQuietOneHoweverLittleItHas()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 3; n++) table.Add(Mib, partition: 1);
        table.NowMs += table.Rules.QuietMs;
        for (var n = 0; n < 3; n++) table.Add(Mib, partition: 2);
        table.NowMs += table.Rules.SettleMs;
        var plan = Assert.Single(table.Plan());
        Assert.Contains("p=1: no more is to come", plan.Reason, StringComparison.Ordinal);
        Assert.Single(table.Do(plan));
        Assert.Empty(table.Plan());
    }

    [Fact]
    public void AQuietFileIsNotWrittenAgainForMuchLess()
    {
        var table = new PlannedTable();
        table.Add(100 * Mib);
        table.Add(Mib);
        table.Add(Mib);
        table.NowMs += table.Rules.QuietMs;
        Assert.Equal(2, Assert.Single(table.Plan()).Inputs.Length);
    }

    [Fact]
    public void LargeFilesThoseInSomeonesOrderAndThoseMergedOftenEnoughStay()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 20; n++)
        {
            table.Add(400 * Mib);
            table.Add(Mib, generation: Generation.Last);
            table.Add(Mib, sortOrder: 1);
        }
        table.NowMs += 100 * Hour;
        Assert.Empty(table.Plan());
    }

    [Fact]
    public void AFileIsWrittenAnewOnceMuchOfItIsDeletedOrManyDeletesHaveToBeRead()
    {
        var table = new PlannedTable();
        var much = table.Add(600 * Mib, deletedRows: 300);
        table.Add(600 * Mib, deletedRows: 299);
        var many = table.Add(600 * Mib, deletedRows: 1, deletes: 100);
        table.NowMs += Hour;
        var plan = Assert.Single(table.Plan());
        Assert.Equal([much, many], plan.Inputs.Select(t => t.Data.File.FilePath));
        Assert.Equal(0, plan.Generation);
    }

    /// <summary>Merging them would be in conflict with the next deletes; where much is deleted it has to be tried.</summary>
    [Fact]
    public void FilesWhoseRowsAreBeingDeletedAreNotMergedUntilThatEnds()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 12; n++) table.Add(40 * Mib);
        table.NowMs += Hour;
        table.Add(40 * Mib, deletedRows: 1, operation: "overwrite", age: Hour);
        table.Add(40 * Mib, deletedRows: 400, operation: "overwrite", age: Hour);
        Assert.Equal([12, 1], table.Plan().Select(p => p.Inputs.Length));
        table.NowMs += table.Rules.SettleMs;
        Assert.Equal(14, Assert.Single(table.Plan()).Inputs.Length);
    }

    [Fact]
    public void JobsAreBoundedAndNoFileIsDividedBetweenThem()
    {
        var table = new PlannedTable();
        for (var n = 0; n < 100; n++) table.Add(100 * Mib);
        table.NowMs += Hour;
        var plans = table.Plan();
        Assert.Equal(5, plans.Length);
        Assert.All(plans, p => Assert.InRange(p.Inputs.Sum(t => t.Data.File.FileSizeBytes), 1900 * Mib, table.Rules.MostJobBytes));
        Assert.Equal(table.Files, plans.SelectMany(p => p.Inputs).OrderBy(t => t.Data.SequenceNumber));
        table.Rules = table.Rules with { MostJobFiles = 10 };
        Assert.All(table.Plan(), p => Assert.InRange(p.Inputs.Length, 2, 10));
    }

    [Theory]
    [InlineData("00001-g2-0190.parquet", 2)]
    [InlineData("00001-1-0190.parquet", 0)]
    [InlineData("00001-g4-0190.parquet", 0)]
    [InlineData("00001-g.parquet", 0)]
    [InlineData("a-g1-b.parquet", 0)]
    [InlineData("", 0)]
    public void TheGenerationIsReadFromNamesOfItsForm(string name, int generation)
    {
        Assert.Equal(generation, Generation.Of($"s3://b/t/data/{name}"));
        Assert.Equal(3, Generation.Of(Generation.NameOf(7, 3, Guid.Empty)));
    }

    /// <summary>
    /// Days of commits, whatever the size of a flush, in one partition or one an hour: no row is merged more than three times, and files
    /// stay few.
    /// </summary>
    [Theory]
    [InlineData(1, 10, 100, "")]
    [InlineData(2, 200, 3_000, "")]
    [InlineData(3, 1_000, 20_000, "")]
    [InlineData(4, 10, 60_000, "")]
    [InlineData(5, 10, 2_000, "p")]
    [InlineData(6, 3_000, 30_000, "p")]
    public void RowsAreWrittenAgainThreeTimesAtMost(int seed, int leastKib, int mostKib, string partitionBy)
    {
        const int Days = 3, CommitMs = 20_000;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new PlannedTable(partitionBy);
        // Of each file, its bytes by how often they were written again.
        var history = new Dictionary<string, long[]>(StringComparer.Ordinal);
        long ingested = 0, rewritten = 0;
        var (often, most, start) = (0, 0, table.NowMs);
        for (var commit = 0; commit < Days * 24 * Hour / CommitMs; commit++)
        {
            table.NowMs += CommitMs;
            var bytes = random.Next(leastKib, mostKib) * 1024L;
            var hour = (int)((table.NowMs - start) / Hour) - (random.Next(50) == 0 ? 1 : 0);
            history[table.Add(bytes, partitionBy.Length == 0 ? 0 : Math.Max(0, hour))] = [bytes];
            ingested += bytes;
            if (commit % 3 > 0) continue;
            foreach (var plan in table.Plan())
            {
                var inputs = plan.Inputs.Select(t => history[t.Data.File.FilePath]).ToList();
                var all = Enumerable.Range(0, inputs.Max(i => i.Length)).Select(n => inputs.Sum(i => n < i.Length ? i[n] : 0)).ToList();
                rewritten += all.Sum();
                often = Math.Max(often, all.Count);
                var outputs = table.Do(plan).ToList();
                foreach (var file in outputs) history[file] = [0, .. all.Select(b => b / outputs.Count)];
            }
            most = Math.Max(most,
                table.Files.GroupBy(t => t.Data.File.Partition).Max(g => g.Count(t => t.Data.File.FileSizeBytes < 384 * Mib)));
        }
        output.WriteLine($"{(double)rewritten / ingested:0.00} times on average, {often} at most");
        output.WriteLine($"{most} small files in a partition at most, {table.Files.Count} files for {ingested >> 20} MiB");
        Assert.InRange(often, 1, 3);
        Assert.InRange(most, 0, 200);
    }
}
