using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>What planners are shown of a table.</summary>
[Collection(nameof(CompactionMemoryTests))]
public sealed class TableInventoryTests(ITestOutputHelper output)
{
    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "at", PrimitiveType.TimestampTz, false));

    [Fact]
    public void FilesComeWithTheirDeletesAndMetricsOnlyOfWhatThePolicyGoesBy()
    {
        using var table = MaintainedTable.InMemory(Columns, "", 3);
        Assert.Null(TableInventory.Read(table.Table, table.Store, new()).Snapshot);
        for (var n = 0; n < 3; n++) table.Append(20);
        table.Delete((task, row) => row == 0 && task.Data.SequenceNumber == 2);
        var plain = TableInventory.Read(table.Table, table.Store, new());
        Assert.Equal(table.Table.Metadata.CurrentSnapshotId, plain.Snapshot!.SnapshotId);
        Assert.Equal([0, 1, 0], plain.Files.Select(t => t.Deletes.Length));
        Assert.All(plain.Files,
            t => Assert.True(t.Data.File is { LowerBounds: null, UpperBounds: null, ValueCounts: null, ColumnSizes: null }));
        Assert.Equal(4, plain.Manifests.Sum(m => m.AddedFiles));
        var policy = new MaintenancePolicy
        {
            Retention = new RetentionPolicy("at", 1),
            Compaction = new() { Order = new RowOrder(RowOrderKind.ZOrder, ["name"]) },
        };
        var kept = TableInventory.Read(table.Table, table.Store, policy).Files;
        Assert.All(kept, t => Assert.Equal([2, 3], t.Data.File.NullValueCounts!.Keys.Order()));
        Assert.All(table.Files(), t => Assert.Contains(1, t.Data.File.LowerBounds!.Keys));
    }

    /// <summary>With metrics of a hundred columns each would take some 20 KB.</summary>
    [Fact]
    public void AFileTakesLittleMemory()
    {
        const int Files = 5000, MostBytes = 1500;
        using var table = MaintainedTable.InMemory(Columns, "bucket(16, id)");
        var bounds = Enumerable.Range(1, 100).ToDictionary(id => id, id => SingleValue.OfLong(id));
        var counts = bounds.Keys.ToDictionary(id => id, _ => 10L);
        var empty = table.Table;
        DataFile File(int n) => TestTables.File(empty, $"{n}", partition: new([SingleValue.OfInt(n % 16)])) with
        {
            LowerBounds = bounds,
            UpperBounds = bounds,
            ValueCounts = counts,
            NullValueCounts = counts,
            ColumnSizes = counts,
        };
        table.Commit(new AppendFiles { Files = [.. Enumerable.Range(0, Files).Select(File)] });
        var loaded = table.Table;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var state = TableInventory.Read(loaded, table.Store, new());
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Files;
        Assert.Equal(Files, state.Files.Length);
        output.WriteLine($"{bytes} bytes a file");
        Assert.InRange(bytes, 0, MostBytes);
    }

    [Fact]
    public void TheSameQuestionHasTheSameAnswer()
    {
        using var table = MaintainedTable.InMemory(Columns, "bucket(4, id)");
        for (var n = 0; n < 5; n++) table.Append(40);
        var state = TableInventory.Read(table.Table, table.Store, table.Policy);
        var (first, second) = (new Planner(table.Policy, [], table.Clock.UnixMs).Plan(state),
            new Planner(table.Policy, [], table.Clock.UnixMs).Plan(state));
        Assert.Equal(4, first.Length);
        Assert.Equal(first.Select(p => p.ToString()), second.Select(p => p.ToString()));
        Assert.Empty(new Planner(table.Policy with { Compaction = null }, [], table.Clock.UnixMs).Plan(state));
    }
}
