using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>Whichever call of store or catalog fails, the table has its rows, no file of it is gone, and the next try succeeds.</summary>
public sealed class CompactionFaultTests
{
    private static readonly Schema Columns = Schema.Of(new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "name", PrimitiveType.String, false));

    [Theory]
    [InlineData(2, FaultyStore.Fault.Before)]
    [InlineData(3, FaultyStore.Fault.After)]
    [InlineData(3, FaultyStore.Fault.FromThenOn)]
    public void AnyFailingCallOfTheStoreLosesNothing(int formatVersion, object kind) =>
        Fail(formatVersion, (FaultyStore.Fault)kind, rows: 30, _ => { });

    /// <summary>Memory for sorting is so little that rows wait in files.</summary>
    [Theory]
    [InlineData(FaultyStore.Fault.Before)]
    [InlineData(FaultyStore.Fault.FromThenOn)]
    public void AnyFailingCallLosesNothingWhereRowsAreSorted(object kind) => Fail(3, (FaultyStore.Fault)kind, rows: 1500, table =>
    {
        table.Context = table.Context with { MemoryBytes = 256 << 10 };
        var order = new RowOrder(RowOrderKind.Sorted, ["name", "id"]);
        table.Policy = MaintainedTable.MergesOnly with { Compaction = new() { SettleMs = 0, QuietMs = 0, Order = order } };
    });

    [Theory]
    [InlineData(2, FaultyStore.Fault.Before)]
    [InlineData(3, FaultyStore.Fault.After)]
    public void AnyFailingCallLosesNothingWhereRowGroupsAreCopied(int formatVersion, object kind) =>
        Fail(formatVersion, (FaultyStore.Fault)kind, rows: 200, isDeleted: false, set: table =>
            table.Policy = MaintainedTable.MergesOnly with { Compaction = new() { SettleMs = 0, QuietMs = 0, LeastRowGroupBytes = 1 } });

    private static void Fail(int formatVersion, FaultyStore.Fault fault, int rows, Action<MaintainedTable> set, bool isDeleted = true)
    {
        for (var at = 1; ; at++)
        {
            var store = new FaultyStore(new MemoryStore("memory://wh"));
            using var table = Filled(store, formatVersion, rows, isDeleted);
            set(table);
            var before = table.SortedRows(lineage: true);
            var plan = Assert.Single(table.Plan());
            store.Arm(fault, at);
            var failed = false;
            using (var job = plan.Start(table.Context))
            {
                try
                {
                    while (job.Step())
                    {
                    }
                }
                catch (EngineException)
                {
                    failed = true;
                }
            }
            var fired = store.Fired;
            store.Arm(FaultyStore.Fault.None, 0);
            Check(table, before);
            table.Lint();
            // What certainly did not come in is gone again, unless the store would not have it.
            if (failed && fault == FaultyStore.Fault.Before) Assert.True(Litter(table) == 0 || table.Files().Length == 1);
            Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
            Check(table, before);
            Assert.Single(table.Files());
            table.Lint();
            if (!fired) break;
            Assert.True(at < 150);
        }
    }

    public static TheoryData<int> Schedules => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void LostAnswersOfTheCatalogLoseNothing(int seed)
    {
        var random = new Random(seed);
        using var table = Filled(new MemoryStore("memory://wh"), random.Next(2, 4));
        var rows = table.SortedRows(lineage: true);
        var faulty = new FaultyCatalog(table.Catalog) { Passing = () => Touch(table, random.Next()) };
        for (var faults = random.Next(4); faults > 0; faults--) faulty.Script.Enqueue((FaultyCatalog.Fault)random.Next(1, 9));
        using (var job = Assert.Single(table.Plan()).Start(table.Context with { Catalog = faulty }))
        {
            if (random.Next(3) == 0) faulty.FailingLoads = random.Next(1, 40);
            for (var tries = 0; job.Outcome is null && tries < random.Next(1, 5); tries++)
            {
                try
                {
                    while (job.Step())
                    {
                    }
                }
                catch (EngineException error) when (error.Kind is ErrorKind.Unknown or ErrorKind.Unavailable)
                {
                    // Who runs the job comes back with it, or gives it up.
                }
            }
        }
        // What was on its way arrives.
        faulty.FailingLoads = 0;
        faulty.TryLoad(TestTables.Events);
        Check(table, rows);
        table.Lint();
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Check(table, rows);
        Assert.Single(table.Files());
        table.Lint();
    }

    private static void Touch(MaintainedTable table, int value) =>
        table.Commit(new SetTableProperties { Updates = TestTables.Strings(("n", $"{value}")) });

    private static MaintainedTable Filled(IObjectStore store, int formatVersion, int rows = 30, bool isDeleted = true)
    {
        var table = new MaintainedTable(store, "memory://wh", Columns, "", formatVersion);
        for (var n = 0; n < 3; n++) table.Append(rows);
        if (isDeleted) table.Delete((_, row) => row % 7 == 0);
        return table;
    }

    private static void Check(MaintainedTable table, List<string> rows)
    {
        Assert.Equal(rows, table.SortedRows(lineage: true));
        foreach (var file in table.Files()
            .SelectMany(t => t.Deletes.Select(d => d.File).Append(t.Data.File))) Assert.True(table.Store.Exists(file.FilePath));
    }

    private static int Litter(MaintainedTable table) =>
        table.Store.List("memory://wh/").Count(o =>
            (Generation.Of(o.Location) > 0 || o.Location.Contains("/sort-", StringComparison.Ordinal))
                && table.Files().All(f => f.Data.File.FilePath != o.Location));
}
