namespace K2I.Pipeline.Tests;

public sealed class AllocationTests
{
    private const string Event = """
        {"event_id":"12ae3023-7b17-df14-b78b-9f38a670e787","user_id":2507604,"event_type":"search","event_time":"2026-01-21T12:06:19.413Z","amount":42951.92,"country":"DE","mobile":true,"tags":["a","b"]}
        """;

    private const string Columns = "event_id: string!, user_id: long, event_type: string, event_time: timestamptz, amount: decimal(10,2), country: string, mobile: boolean, tags: list<string>";

    [Fact]
    public void RecordsBecomeRowsWithoutManagedMemory()
    {
        using var world = new IntakeWorld(new() { Name = "t", Topics = ["t"], Columns = Columns }, ringBytes: 64 << 20);
        var source = world.Partition(0);
        var value = System.Text.Encoding.UTF8.GetBytes(Event);
        void Take(int count)
        {
            for (var i = 0; i < count; i++) Assert.True(world.Offer(source, value));
        }
        Take(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(100_000);
        // Sealing and opening a segment is per segment, not per record.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
        Assert.Equal(120_000, world.Counters.Rows);
        Assert.Equal(0, world.Intake.Held.Count);
    }
}
