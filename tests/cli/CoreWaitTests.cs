using System.Globalization;
using K2I.Cli.Running;
using K2I.Kit;

namespace K2I.Cli.Tests;

/// <summary>How long threads of a name wait for a core, as the kernel counts it.</summary>
public sealed class CoreWaitTests : IDisposable
{
    private readonly DirectoryInfo tasks = Directory.CreateTempSubdirectory("k2i-tasks-");
    private readonly FakeClock clock = new();

    public void Dispose() => tasks.Delete(recursive: true);

    [Fact]
    public void AQuarterOfTheTimeIsLong()
    {
        Add(1, "lane 0", waitedMs: 1_000);
        Add(2, "lane 1", waitedMs: 5_000);
        Add(3, "query 0", waitedMs: 9_000);
        var wait = new CoreWait("lane ", clock, tasks.FullName);
        Assert.False(wait.IsLong());
        Assert.True(After(wait, 200, (1, 1_090), (2, 5_020)));
        Assert.False(After(wait, 200, (1, 1_180), (2, 5_020)));
        // Others do not count.
        Assert.False(After(wait, 200, (3, 9_900)));
    }

    [Fact]
    public void WhatWasFoundHoldsForAMoment()
    {
        Add(1, "lane 0", waitedMs: 0);
        var wait = new CoreWait("lane ", clock, tasks.FullName);
        Assert.False(wait.IsLong());
        Assert.True(After(wait, 100, (1, 90)));
        Assert.True(After(wait, 99, (1, 90)));
        Assert.False(After(wait, 1, (1, 90)));
    }

    [Fact]
    public void ThreadsComeAndGo()
    {
        var wait = new CoreWait("lane ", clock, tasks.FullName);
        Assert.False(wait.IsLong());
        Add(1, "lane 0", waitedMs: 0);
        Assert.False(After(wait, 200, (1, 150)));
        Assert.True(After(wait, 200, (1, 300)));
        Directory.Delete(Path.Combine(tasks.FullName, "1"), recursive: true);
        Add(2, "lane 0", waitedMs: 7_000);
        Assert.False(After(wait, 200, (2, 7_100)));
        Assert.True(After(wait, 200, (2, 7_200)));
    }

    /// <summary>A kernel that does not count, or no folder of threads at all.</summary>
    [Fact]
    public void NobodyWaitsWhereNothingIsCounted()
    {
        Add(1, "lane 0", waitedMs: 0);
        File.WriteAllText(Path.Combine(tasks.FullName, "1", "schedstat"), "0 0 0\n");
        var wait = new CoreWait("lane ", clock, tasks.FullName);
        Assert.False(wait.IsLong());
        Assert.False(After(wait, 1_000));
        File.Delete(Path.Combine(tasks.FullName, "1", "schedstat"));
        Assert.False(After(wait, 1_000));
        Assert.False(new CoreWait("lane ", clock, Path.Combine(tasks.FullName, "none")).IsLong());
    }

    private bool After(CoreWait wait, long ms, params ReadOnlySpan<(int Id, long WaitedMs)> waits)
    {
        foreach (var (id, waited) in waits) Count(id, waited);
        clock.Pass(ms);
        return wait.IsLong();
    }

    private void Add(int id, string name, long waitedMs)
    {
        Directory.CreateDirectory(FolderOf(id));
        File.WriteAllText(Path.Combine(FolderOf(id), "comm"), name + "\n");
        Count(id, waitedMs);
    }

    private void Count(int id, long waitedMs) =>
        File.WriteAllText(Path.Combine(FolderOf(id), "schedstat"), $"123456 {waitedMs}000000 17\n");

    private string FolderOf(int id) => Path.Combine(tasks.FullName, id.ToString(CultureInfo.InvariantCulture));
}
