using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>What a start finds in the logs of several lanes.</summary>
public sealed class FoundLogsTests : IDisposable
{
    private const ulong Stream = 7, Other = 8;

    private readonly string folder = Directory.CreateTempSubdirectory("k2i-found-").FullName;
    private readonly EngineServices services =
        new() { Objects = new MemoryStore(), Catalog = new FileCatalog(new MemoryStore(), "memory:///w") };
    private readonly CollectingLog log = new();
    private List<LaneLog> logs = [];

    public void Dispose()
    {
        foreach (var lane in logs) lane.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void LogsThatHoldNothingAreForgottenAtOnce()
    {
        var found = Read();
        Assert.True(found.IsForgotten);
        Assert.All(logs, l => Assert.Null(l.Pins.Oldest));
    }

    [Fact]
    public void ARunIsTakenOnceAndPinnedForItsOwner()
    {
        Append(0, Stream, Run("one"));
        Append(0, Stream, 0, 10, 15);
        Append(0, Other, 0, 10, 99);
        var found = Read();
        Assert.True(found.HasRuns(Stream, "one"));
        Assert.Null(found.Take(Stream, "one", "t", 1, _ => true, null!));
        var taken = found.Take(Stream, "one", "t", 0, _ => true, null!)!;
        Assert.Equal((new Offset(10), new Offset(15)), (taken.Run.From, taken.Run.Next));
        Assert.Null(found.Take(Stream, "one", "t", 0, _ => true, null!));
        found.Forget();
        Assert.Equal(taken.Frames[0], logs[0].Pins.Oldest!.Position);
        taken.Pin.Release();
        Assert.Null(logs[0].Pins.Oldest);
    }

    [Fact]
    public void ThatWhichDoesNotContinueTheTableStaysUntilItIsForgotten()
    {
        Append(0, Stream, 0, 10, 15);
        var found = Read();
        Assert.Null(found.Take(Stream, "one", "t", 0, _ => false, null!));
        Assert.NotNull(found.Take(Stream, "one", "t", 0, _ => true, null!));
    }

    [Fact]
    public void OfTheRunsOfSeveralLanesThatWhichReachesFurthestIsTakenAndTheOthersCountNoMore()
    {
        Append(0, Stream, 0, 10, 15);
        Append(1, Stream, 0, 10, 22);
        Append(2, Stream, 0, 10, 18);
        var found = Read();
        var taken = found.Take(Stream, "one", "t", 0, _ => true, null!)!;
        Assert.Same(logs[1], taken.Log);
        Assert.Null(found.Take(Stream, "one", "t", 0, _ => true, null!));
    }

    [Fact]
    public void WhatWasWrittenForAnotherTableIsNotFound()
    {
        Append(0, Stream, Run("one"));
        Append(0, Stream, 0, 10, 15);
        Append(0, Stream, new LogEntry.StartsDecided(OffsetMap.Empty.With("t", null, 0, new(7))));
        var found = Read();
        Assert.False(found.HasRuns(Stream, "two"));
        Assert.True(found.Starts(Stream, "two").IsEmpty);
        Assert.Null(found.Take(Stream, "two", "t", 0, _ => true, null!));
        Assert.False(found.Starts(Stream, "one").IsEmpty);
        // Columns are still to be inferred: there is no table to compare with.
        Assert.False(found.Starts(Stream, null).IsEmpty);
        found.Forget(Stream);
        Assert.False(found.HasRuns(Stream, "one"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFlushThatAnyLogSawEndIsNotHalfDone(bool landed)
    {
        var flush = new Flush("f1", 3, []);
        Append(1, Stream, Run("one"));
        Append(1, Stream, LogEntry.BufferSnapshot.Of(flush, 4));
        Assert.Equal("f1", Read().HalfDone(Stream, "one")!.Id);
        Close();
        if (landed)
            foreach (var entry in LogEntry.Landed(flush, null, default)) Append(0, Stream, entry);
        else Append(0, Stream, new LogEntry.FlushAbandoned(flush.Id, "why"));
        var found = Read();
        Assert.Null(found.HalfDone(Stream, "one"));
        Assert.Null(found.HalfDone(Other, "one"));
    }

    [Fact]
    public void ALogThatSaysWhatItCannotMeanIsGivenUpAndTheOthersAreNot()
    {
        Open();
        Assert.True(logs[0].TryAppend(LogEntryKind.Records, Stream, "no frame of records"u8));
        Append(1, Stream, 0, 10, 15);
        var found = Read();
        Assert.Same(logs[1], found.Take(Stream, "one", "t", 0, _ => true, null!)!.Log);
        Assert.Contains(log.Lines, l => l.StartsWith("Error the log says what it cannot mean", StringComparison.Ordinal));
    }

    [Fact]
    public void RunsThatEndWithoutAFlushDoNotFillTheDisk()
    {
        for (var run = 0; run < 60; run++)
        {
            var found = Read();
            found.Forget();
            logs[0].Truncate();
            Append(0, Stream, Run("one"));
            if (run % 2 == 0) Append(0, Stream, new LogEntry.SchemaEvolution(run, ["added"]));
            Close();
        }
        Assert.InRange(Directory.GetFiles(Path.Combine(folder, "wal", "lane-0")).Length, 1, 4);
    }

    [Fact]
    public void TheFilesOfALogThatIsNoMoreGo()
    {
        Append(2, Stream, 0, 10, 15);
        Open();
        var former = logs[2];
        former.Dispose();
        logs.RemoveAt(2);
        former.Delete();
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "wal", "lane-2")));
        former.Delete();
    }

    private static LogEntry.RunStarted Run(string uuid) => new("t", uuid, 1, OffsetMap.Empty, false);

    private void Append(int lane, ulong stream, LogEntry entry)
    {
        Open();
        Assert.True(logs[lane].TryAppend(entry.Kind, stream, entry.ToJson(SystemClock.Instance)));
    }

    private void Append(int lane, ulong stream, int partition, long from, long next)
    {
        Open();
        var writer = new RecordFrameWriter(1 << 20);
        var source = new Source(0, "t", partition);
        for (var offset = from; offset < next; offset++) writer.Add(new RecordInput("x"u8) { Offset = new(offset) }, source, new(from));
        Assert.True(logs[lane].TryAppend(LogEntryKind.Records, stream, writer.Bytes));
    }

    private FoundLogs Read()
    {
        Close();
        Open();
        return FoundLogs.Read(logs, log);
    }

    private void Open()
    {
        var options = LaneWorld.OptionsFor() with { DataDirectory = folder, Lanes = 3 };
        if (logs.Count == 0)
            logs = [.. Enumerable.Range(0, 3).Select(i => LaneLog.Open(services, options, LaneLog.NameOf(i), isInUse: true, log))];
    }

    private void Close()
    {
        foreach (var lane in logs) lane.Dispose();
        logs = [];
    }
}
