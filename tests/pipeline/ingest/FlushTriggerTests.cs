namespace K2I.Pipeline.Tests;

public sealed class FlushTriggerTests
{
    private static readonly FlushOptions Options = new() { Bytes = 1_000, Rows = 10, AgeMs = 500 };

    // Rows, bytes and age of what waits, and the age of offsets without a record (-1: none); whether memory is half full, and a flush under way.
    [Theory]
    [InlineData(0, 0, -1, -1, true, false, "None")]
    [InlineData(9, 999, 499, -1, false, false, "None")]
    [InlineData(9, 1_000, 0, -1, false, true, "Bytes")]
    [InlineData(10, 0, 0, -1, false, true, "Rows")]
    [InlineData(0, 0, 500, -1, false, true, "Age")]
    [InlineData(1, 1, 0, -1, true, false, "Memory")]
    [InlineData(1, 1, 0, -1, true, true, "None")]
    [InlineData(0, 0, -1, 599_999, true, false, "None")]
    [InlineData(0, 0, -1, 600_000, false, true, "Age")]
    [InlineData(1, 1, 0, 600_000, false, true, "Age")]
    public void DecidesByBytesRowsAgeAndMemory(long rows, long bytes, long ageMs, long endsAgeMs, bool isHalfFull, bool isFlushing, string reason)
    {
        const long Now = 1_000_000;
        var pending = new PendingRows(rows, bytes, ageMs < 0 ? 0 : Now - ageMs, endsAgeMs < 0 ? 0 : Now - endsAgeMs);
        Assert.Equal(reason, FlushTrigger.Decide(Options, pending, Now, isHalfFull, isFlushing).ToString());
    }
}
