using K2I.Memory;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>What is remembered of orphans, also over a restart.</summary>
public sealed class OrphanQuarantineTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly CollectingLog log = new();
    private readonly ObjectInfo lost = new("s3://b/t/data/a file.parquet", 5, 1_000);

    private string FilePath => Path.Combine(folder.Path, "orphans", "events");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatIsFoundAgainADayLaterMayGoAlsoAfterARestart()
    {
        var first = Start();
        Assert.Equal((0, false), (first.LookedUnixMs, first.Holds(lost)));
        first.Keep([lost]);
        first.Looked();
        clock.Pass(OrphanQuarantine.StayMs - 1);
        Assert.False(Start().Holds(lost));
        clock.Pass(1);
        Assert.True(first.Holds(lost));
        var second = Start();
        Assert.Equal(clock.UnixMs - OrphanQuarantine.StayMs, second.LookedUnixMs);
        Assert.True(second.Holds(lost));
        Assert.False(second.Holds(lost with { LastModifiedMs = 2_000 }));
        // What is no orphan any more is forgotten, and is found anew if it becomes one.
        second.Keep([]);
        second.Looked();
        Assert.False(Start().Holds(lost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1\n2 3\n")]
    [InlineData("1\n2 3 x s3://b/t/data/a file.parquet\n")]
    public void AFileThatIsNotUnderstoodKeepsMoreAndNeverLess(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);
        clock.Pass(2 * OrphanQuarantine.StayMs);
        var quarantine = Start();
        Assert.Equal((0, false), (quarantine.LookedUnixMs, quarantine.Holds(lost)));
        Assert.Contains(log.Lines, l => l.Contains("looked for anew", StringComparison.Ordinal));
    }

    private OrphanQuarantine Start() => new(LocalFileSystem.Instance, folder.Path, "events", clock, log);
}
