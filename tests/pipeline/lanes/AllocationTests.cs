using System.Text;
using K2I.Kafka;

namespace K2I.Pipeline.Tests;

public sealed class AllocationTests
{
    private const string Event = """
        {"event_id":"12ae3023-7b17-df14-b78b-9f38a670e787","user_id":2507604,"event_type":"search",
         "event_time":"2026-01-21T12:06:19.413Z","amount":42951.92,"country":"DE","mobile":true,"tags":["a","b"]}
        """;

    private const string Columns =
        "event_id: string!, user_id: long, event_type: string, event_time: timestamptz, "
        + "amount: decimal(10,2), country: string, mobile: boolean, tags: list<string>";

    /// <summary>On the way that fetched records take, through the lane into the tables that their topic feeds.</summary>
    [Fact]
    public void RecordsBecomeRowsOfTwoTablesWithoutManagedMemory()
    {
        TableOptions[] tables =
            [.. new[] { "t", "u" }.Select(n =>
            new TableOptions { Name = n, Topics = ["t"], Columns = Columns, Flush = new() { AgeMs = 10_000_000 } })];
        using var world = new LaneWorld(LaneWorld.OptionsFor(tables) with { MemoryBytes = 256 << 20, WalMode = WalMode.Offsets });
        world.Topics.Add("t", 0, Event);
        world.Assign(0, "t", 0);
        world.Until(() => Array.TrueForAll(tables, t => world.Table(t.Name).Status().Rows == 1));
        var value = Encoding.UTF8.GetBytes(Event);
        var next = 1;
        void Take(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var record = new KafkaRecord(0, 0, new(next++), 1_700_000_000_000, TimestampType.Create, "key"u8, true, value, false);
                world.Lane.OnRecord(in record);
            }
        }
        Take(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(50_000);
        // Sealing and opening a segment is per segment, not per record.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
        foreach (var table in tables) Assert.Equal(70_001, world.Table(table.Name).Status().Rows);
    }

    [Fact]
    public void RecordsAreLoggedWithoutManagedMemory()
    {
        var table = new TableOptions { Name = "t", Topics = ["t"], Columns = Columns, Flush = new() { AgeMs = 10_000_000 } };
        using var world =
            new LaneWorld(LaneWorld.OptionsFor(table) with { MemoryBytes = 256 << 20, WalFileBytes = 64 << 20, WalMaxBytes = 256 << 20 });
        world.Topics.Add("t", 0, Event);
        world.Assign(0, "t", 0);
        world.Until(() => world.Table().Status().Rows == 1);
        var value = Encoding.UTF8.GetBytes(Event);
        var next = 1;
        void Take(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var record = new KafkaRecord(0, 0, new(next++), 1_700_000_000_000, TimestampType.Create, "key"u8, true, value, false);
                world.Lane.OnRecord(in record);
                if (next % 5_000 == 0) world.Part().Publish();
            }
        }
        Take(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(50_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
        Assert.Equal(70_001, world.Table().Status().Rows);
    }
}
