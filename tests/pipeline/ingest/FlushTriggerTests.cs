namespace K2I.Pipeline.Tests;

public sealed class FlushTriggerTests
{
    private static readonly FlushOptions Options = new() { Bytes = 1_000, Rows = 10, AgeMs = 500 };

    // Rows, bytes and age of what waits, and the age of offsets without a record (-1: none).
    [Theory]
    [InlineData(0, 0, -1, -1, "None")]
    [InlineData(9, 999, 499, -1, "None")]
    [InlineData(9, 1_000, 0, -1, "Bytes")]
    [InlineData(10, 0, 0, -1, "Rows")]
    [InlineData(0, 0, 500, -1, "Age")]
    [InlineData(0, 0, -1, 599_999, "None")]
    [InlineData(0, 0, -1, 600_000, "Age")]
    [InlineData(1, 1, 0, 600_000, "Age")]
    public void DecidesByBytesRowsAndAge(long rows, long bytes, long ageMs, long endsAgeMs, string reason)
    {
        const long Now = 1_000_000;
        var pending = new PendingRows(rows, bytes, ageMs < 0 ? 0 : Now - ageMs, endsAgeMs < 0 ? 0 : Now - endsAgeMs);
        Assert.Equal(reason, FlushTrigger.Decide(Options, pending, Now).ToString());
    }

    // Age of rows and of offsets without a record (-1: none), and when they are due from now.
    [Theory]
    [InlineData(-1, -1, null)]
    [InlineData(100, -1, 400)]
    [InlineData(-1, 100, 599_900)]
    [InlineData(100, 599_999, 1)]
    public void WhatWaitsIsDueForItsAge(long ageMs, long endsAgeMs, int? dueInMs)
    {
        const long Now = 1_000_000;
        var pending = new PendingRows(1, 1, ageMs < 0 ? 0 : Now - ageMs, endsAgeMs < 0 ? 0 : Now - endsAgeMs);
        Assert.Equal(dueInMs is { } due ? Now + due : 0, FlushTrigger.DueUnixMs(Options, pending));
    }
}
