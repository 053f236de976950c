using K2I.Base;
using K2I.Decode;
using K2I.Wal;

namespace K2I.Pipeline.Tests;

/// <summary>What the frames of a stream mean, case by case.</summary>
public sealed class StreamContentsTests
{
    private readonly StreamContents contents = new();
    private LogPosition position = new(4096);

    [Fact]
    public void FramesThatContinueMakeOneRun()
    {
        var first = Records("orders", 0, from: 10, first: 10, count: 5);
        var other = Records("orders", 1, from: 0, first: 0, count: 1);
        var second = Records("orders", 0, from: 15, first: 18, count: 2);
        var (run, frames) = contents.Runs[("orders", 0)];
        Assert.Equal((new Offset(10), new Offset(20)), (run.From, run.Next));
        Assert.Equal([first, second], frames);
        Assert.Equal([other], contents.Runs[("orders", 1)].Frames);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(12)]
    public void AGapOrAStepBackBeginsANewRun(long from)
    {
        Records("orders", 0, from: 10, first: 10, count: 5);
        var begin = Records("orders", 0, from, first: from, count: 1);
        var (run, frames) = contents.Runs[("orders", 0)];
        Assert.Equal((new Offset(from), new Offset(from + 1)), (run.From, run.Next));
        Assert.Equal([begin], frames);
    }

    [Fact]
    public void AnotherTopicIdBeginsANewRun()
    {
        Records("orders", 0, from: 10, first: 10, count: 5, id: "A");
        Records("orders", 0, from: 15, first: 15, count: 5, id: "B");
        Assert.Equal(("B", new Offset(15)), (contents.Runs[("orders", 0)].Run.TopicId, contents.Runs[("orders", 0)].Run.From));
    }

    [Theory]
    [InlineData("two", false)]
    [InlineData("one", true)]
    public void WhatWasWrittenForAnotherTableCountsNot(string uuid, bool isAnother)
    {
        Run("one");
        Records("orders", 0, from: 10, first: 10, count: 5);
        Snapshot("f1");
        Take(new LogEntry.StartsDecided(OffsetMap.Empty.With("orders", null, 0, new(7))));
        Assert.False(contents.IsSettled);
        Run(uuid, isAnother);
        Assert.True(contents.IsSettled);
        Assert.Equal(uuid, contents.Uuid);
    }

    [Fact]
    public void AnotherRunOfTheSameTableLeavesWhatWasBefore()
    {
        Run("one");
        Records("orders", 0, from: 10, first: 10, count: 5);
        Run("one");
        Records("orders", 0, from: 15, first: 15, count: 5);
        Assert.Equal(new Offset(10), contents.Runs[("orders", 0)].Run.From);
    }

    [Fact]
    public void AFlushIsHalfDoneUntilItsEnd()
    {
        var flush = Snapshot("f1");
        Assert.Equal(("f1", 3L, (int?)null), (contents.HalfDone!.Id, contents.HalfDone.Epoch, contents.HalfDone.FilesToCommit));
        Assert.Equal([new LoggedFlush.Range("orders", "id", 0, new(10), new(20), true)], contents.HalfDone.Ranges);
        Take(new LogEntry.CommitStarted(flush.Id, 2));
        var halfDone = contents.HalfDone;
        Assert.Equal(2, halfDone.FilesToCommit);
        Assert.False(contents.HasEnded(halfDone));
        foreach (var entry in LogEntry.Landed(flush, null, default)) Take(entry);
        Assert.Null(contents.HalfDone);
        Assert.True(contents.HasEnded(halfDone));
    }

    [Fact]
    public void AFlushGivenUpIsNotHalfDone()
    {
        var flush = Snapshot("f1");
        Take(new LogEntry.FlushAbandoned(flush.Id, "why"));
        Assert.Null(contents.HalfDone);
    }

    [Fact]
    public void EntriesOfAnotherFlushChangeNothing()
    {
        Snapshot("f1");
        var other = Flush("f2");
        Take(new LogEntry.CommitStarted(other.Id, 2));
        Take(new LogEntry.FlushAbandoned(other.Id, "why"));
        Assert.Equal(("f1", (int?)null), (contents.HalfDone!.Id, contents.HalfDone.FilesToCommit));
    }

    [Fact]
    public void OnlyTheVerySameOffsetsAreTheSameFlush()
    {
        Snapshot("f1");
        var source = new Source(0, "orders", 0);
        Assert.True(contents.HalfDone!.Covers([new(source, new(10), new(20), Begins: true)]));
        Assert.False(contents.HalfDone.Covers([new(source, new(10), new(20))]));
        Assert.False(contents.HalfDone.Covers([new(source, new(10), new(19), Begins: true)]));
        Assert.False(contents.HalfDone.Covers([new(source, new(11), new(20), Begins: true)]));
        var other = new OffsetRange(new Source(1, "orders", 1), new(0), new(1));
        Assert.False(contents.HalfDone.Covers([new(source, new(10), new(20), Begins: true), other]));
        Assert.False(contents.HalfDone.Covers([]));
    }

    private static Flush Flush(string id) =>
        new(id, 3, [new(new Source(0, "orders", 0) { TopicId = "id" }, new(10), new(20), Begins: true)]);

    private void Run(string uuid, bool isAnother = false) => Take(new LogEntry.RunStarted("t", uuid, 1, OffsetMap.Empty, isAnother));

    private Flush Snapshot(string id)
    {
        var flush = Flush(id);
        Take(LogEntry.BufferSnapshot.Of(flush, 7));
        return flush;
    }

    private LogPosition Records(string topic, int partition, long from, long first, int count, string? id = null)
    {
        var writer = new RecordFrameWriter(1 << 20);
        var source = new Source(0, topic, partition) { TopicId = id };
        source.StartAt(new(from));
        for (var i = 0; i < count; i++) writer.Add(new RecordInput("x"u8) { Offset = new(first + i) }, source, new(from));
        var at = position;
        Take(LogEntryKind.Records, writer.Bytes);
        return at;
    }

    private void Take(LogEntry entry) => Take(entry.Kind, entry.ToJson(SystemClock.Instance));

    private void Take(LogEntryKind kind, ReadOnlySpan<byte> payload)
    {
        contents.Take(kind, position, payload);
        position += payload.Length + 64;
    }
}
