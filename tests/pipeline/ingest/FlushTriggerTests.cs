namespace K2I.Pipeline.Tests;

public sealed class FlushTriggerTests
{
    private static readonly FlushOptions Options = new() { Bytes = 1_000, Rows = 10, AgeMs = 500 };

    // Rows, bytes and age of what waits; whether memory is half full, and a flush under way.
    [Theory]
    [InlineData(0, 0, -1, true, false, "None")]
    [InlineData(9, 999, 499, false, false, "None")]
    [InlineData(9, 1_000, 0, false, true, "Bytes")]
    [InlineData(10, 0, 0, false, true, "Rows")]
    [InlineData(0, 0, 500, false, true, "Age")]
    [InlineData(1, 1, 0, true, false, "Memory")]
    [InlineData(1, 1, 0, true, true, "None")]
    public void DecidesByBytesRowsAgeAndMemory(long rows, long bytes, long ageMs, bool isHalfFull, bool isFlushing, string reason)
    {
        const long Now = 1_000_000;
        var pending = ageMs < 0 ? default : new PendingRows(rows, bytes, Now - ageMs);
        Assert.Equal(reason, FlushTrigger.Decide(Options, pending, Now, isHalfFull, isFlushing).ToString());
    }
}
