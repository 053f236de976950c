using K2I.Base;
using K2I.Decode;
using K2I.Wal;

namespace K2I.Pipeline.Tests;

/// <summary>Which logged records come back, and where reading goes on.</summary>
public sealed class LogReplayTests
{
    private readonly List<long> taken = [];
    private readonly Source source = new(0, "orders", 0);

    [Fact]
    public void RecordsBelowTheTablesOffsetStayAway()
    {
        var replay = Replay(tableNext: 12, runFrom: 10, runNext: 20);
        Frame(replay, 10, 10, 11, 12, 13);
        Frame(replay, 14, 16, 19);
        Assert.Equal([12, 13, 16, 19], taken);
        Assert.Equal(new Offset(20), source.TakenOffset);
    }

    [Fact]
    public void APartThatIsLostEndsTheReplayOfItsPartition()
    {
        var replay = Replay(tableNext: 10, runFrom: 10, runNext: 30);
        Frame(replay, 10, 10, 11);
        Frame(replay, 15, 15, 16);
        Frame(replay, 17, 17);
        Assert.Equal([10, 11], taken);
        Assert.Equal(new Offset(12), source.TakenOffset);
    }

    [Fact]
    public void FramesBeforeTheRunAndOfOtherPartitionsDoNotCount()
    {
        var replay = Replay(tableNext: 10, runFrom: 10, runNext: 12, position: new(1_000));
        FrameAt(replay, new(500), 0, 10, 10, 11);
        FrameAt(replay, new(1_500), 3, 10, 10);
        Assert.Empty(taken);
        FrameAt(replay, new(1_000), 0, 10, 10, 11);
        Assert.Equal([10, 11], taken);
    }

    [Fact]
    public void OffsetsWithoutARecordComeBackToo()
    {
        var replay = Replay(tableNext: 10, runFrom: 10, runNext: 30);
        var writer = new RecordFrameWriter(1 << 20);
        writer.Add(new RecordInput("x"u8) { Offset = new(10) }, source, new(10));
        Assert.True(writer.FitsEnd(source));
        writer.AddEnd(source, new(11), new(14));
        replay.OnFrame((byte)LogEntryKind.Records, 0, new(2_000), writer.Bytes);
        Assert.Equal([10], taken);
        Assert.Equal(new Offset(14), source.TakenOffset);
        writer.Clear();
        writer.AddEnd(source, new(14), new(20));
        Assert.Equal(0, new RecordFrameReader(writer.Bytes).Count);
        replay.OnFrame((byte)LogEntryKind.Records, 0, new(2_100), writer.Bytes);
        Assert.Equal(new Offset(20), source.TakenOffset);
    }

    [Fact]
    public void WhereAPartitionBeginsComesBackThoughNoRecordCame()
    {
        source.StartAt(new(7), begins: true);
        var replay = new LogReplay([(source, new LoggedRun(null, new(7), new(7), default, true))], Offer, End, _ => { });
        var writer = new RecordFrameWriter(1 << 20);
        writer.AddEnd(source, new(7), new(7));
        Assert.True(new RecordFrameReader(writer.Bytes).BeginsPartition);
        replay.OnFrame((byte)LogEntryKind.Records, 0, default, writer.Bytes);
        Assert.Equal((new Offset(7), false), (source.TakenOffset, source.IsAtItsBeginning));
    }

    private LogReplay Replay(long tableNext, long runFrom, long runNext, LogPosition position = default)
    {
        source.StartAt(new(tableNext));
        return new([(source, new LoggedRun(null, new(runFrom), new(runNext), position, false))], Offer, End, _ => { });
    }

    private bool Offer(in RecordInput record, Source of)
    {
        taken.Add(record.Offset.Value);
        of.Take(record.Offset.Next);
        return true;
    }

    private bool End(Source of, Offset next)
    {
        of.Take(next);
        return true;
    }

    private static void Frame(LogReplay replay, long from, params long[] offsets) => FrameAt(replay, new(2_000), 0, from, offsets);

    private static void FrameAt(LogReplay replay, LogPosition position, int partition, long from, params long[] offsets)
    {
        var writer = new RecordFrameWriter(1 << 20);
        var at = new Source(0, "orders", partition);
        at.StartAt(new(from));
        foreach (var offset in offsets) writer.Add(new RecordInput("x"u8) { Offset = new(offset) }, at, new(from));
        Assert.True(replay.OnFrame((byte)LogEntryKind.Records, 0, position, writer.Bytes));
    }
}
