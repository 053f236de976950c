using System.Text;
using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

public sealed class AppendReplayTests : IDisposable
{
    private readonly TempFolder directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void NewLogIsEmpty()
    {
        using var log = Frames.Open(directory.Path);
        Assert.Equal(WalOutcome.Empty, log.Recovery.Outcome);
        Assert.Empty(Frames.Replay(log).All);
        Assert.Equal(log.AppendedPosition, log.SyncedPosition);
        Assert.Equal("", log.Trouble);
    }

    [Fact]
    public void WhatWasAppendedIsReplayedAfterClosing()
    {
        var written = new List<(byte, LogPosition, string)>();
        using (var log = Frames.Open(directory.Path))
        {
            foreach (var payload in new[] { "one", "", "three", new string('x', 5000) })
                written.Add(((byte)payload.Length, Frames.Append(log, payload, payload.Length == 0 ? (byte)254 : (byte)3), payload));
        }
        using var again = Frames.Open(directory.Path);
        Assert.Equal(WalOutcome.Clean, again.Recovery.Outcome);
        Assert.True(again.Recovery.Closed);
        var frames = Frames.Replay(again);
        Assert.Equal(written.Select(w => (w.Item2, w.Item3)), frames.All.Select(f => (f.Position, f.Payload)));
        Assert.Equal([3, 254, 3, 3], frames.All.Select(f => (int)f.Kind));
    }

    [Fact]
    public void KilledProcessLosesNothingAppended()
    {
        var log = Frames.Open(directory.Path);
        for (var i = 0; i < 100; i++) Frames.Append(log, $"{i}");
        Frames.Kill(log);
        using var again = Frames.Open(directory.Path);
        Assert.Equal(WalOutcome.Clean, again.Recovery.Outcome);
        Assert.False(again.Recovery.Closed);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), Frames.Replay(again).Payloads);
    }

    [Fact]
    public void LogGoesOnOverFilesAndOpenings()
    {
        var expected = new List<string>();
        for (var life = 0; life < 4; life++)
        {
            var log = Frames.Open(directory.Path);
            Assert.Equal(expected, Frames.Replay(log).Payloads);
            Assert.Equal(life, log.Recovery.Generation);
            for (var i = 0; i < 20; i++)
            {
                var payload = new string((char)('a' + i), 2_500);
                Frames.Append(log, payload);
                expected.Add(payload);
            }
            if (life % 2 == 0) Frames.Kill(log);
            else log.Dispose();
        }
        using var last = Frames.Open(directory.Path);
        Assert.Equal(expected, Frames.Replay(last).Payloads);
    }

    [Fact]
    public void ReplayBeginsWhereAskedAndStopsWhenTold()
    {
        var positions = new List<LogPosition>();
        using (var log = Frames.Open(directory.Path))
        {
            for (var i = 0; i < 50; i++) positions.Add(Frames.Append(log, $"{i}" + new string(' ', 1000)));
        }
        using var again = Frames.Open(directory.Path);
        Assert.Equal(positions.Skip(30), Frames.Replay(again, positions[30]).All.Select(f => f.Position));
        var three = new Frames { StopAfter = 3 };
        Assert.Equal(positions[13], again.Replay(positions[10], three));
        Assert.Equal(positions.Skip(10).Take(3), three.All.Select(f => f.Position));
    }

    [Fact]
    public void TruncatedFilesAreReusedAndWhatIsLeftIsReplayed()
    {
        using (var log = Frames.Open(directory.Path))
        {
            for (var i = 0; i < 500; i++)
            {
                var position = Frames.Append(log, $"{i}" + new string(' ', 1000));
                Frames.Sync(log);
                if (i < 490) log.Truncate(position);
            }
            Assert.InRange(log.Statistics().Files, 1, 4);
        }
        using var again = Frames.Open(directory.Path);
        Assert.Equal(WalOutcome.Clean, again.Recovery.Outcome);
        Assert.Equal(Enumerable.Range(489, 11), Frames.Replay(again).Payloads.Select(p => int.Parse(p)));
    }

    [Fact]
    public void TruncatedToTheEndReplaysNothing()
    {
        for (var life = 0; life < 10; life++)
        {
            using var log = Frames.Open(directory.Path);
            Assert.False(log.Recovery.Damaged);
            Assert.Empty(Frames.Replay(log).All);
            Frames.Append(log, "x");
            Frames.Sync(log);
            log.Truncate(log.AppendedPosition);
            Frames.Append(log, "y");
            Frames.Sync(log);
            log.Truncate(log.AppendedPosition);
        }
        Assert.InRange(LocalFileSystem.Instance.ListFiles(directory.Path).Count, 1, 4);
    }

    [Fact]
    public void LargestPayloadFits()
    {
        string payload;
        using (var log = Frames.Open(directory.Path))
        {
            payload = new string('p', log.MaxPayloadBytes);
            Frames.Append(log, "first");
            Frames.Append(log, payload);
            Frames.Append(log, payload);
            Assert.Throws<InvalidOperationException>(() => log.TryAppend(1, 0, new byte[log.MaxPayloadBytes + 1], out _));
            Assert.Throws<InvalidOperationException>(() => log.TryAppend(0, 0, default, out _));
            Assert.Throws<InvalidOperationException>(() => log.TryAppend(255, 0, default, out _));
        }
        using var again = Frames.Open(directory.Path);
        Assert.Equal(["first", payload, payload], Frames.Replay(again).Payloads);
    }

    [Fact]
    public void AppendersNeverWaitForRoom()
    {
        using var log = Frames.Open(directory.Path, Frames.Small with { MaxBytes = 2 * Frames.Small.FileBytes });
        log.SyncStep(0);
        var bytes = Encoding.Latin1.GetBytes(new string('x', 1000));
        var count = 0;
        while (log.TryAppend(1, 0, bytes, out _)) count++;
        Assert.InRange(count, 20, 30);
        Assert.False(log.HasRoom(1000));
        Frames.Sync(log);
        for (var i = 0; i < 5; i++) log.SyncStep(0);
        Assert.NotEqual("", log.Trouble);
        Assert.False(log.HasRoom(1000));
        log.Truncate(log.AppendedPosition);
        log.SyncStep(0);
        Assert.Equal("", log.Trouble);
        Assert.True(log.HasRoom(1000));
        Assert.True(log.TryAppend(1, 0, bytes, out _));
    }

    [Fact]
    public void BulkIsHeldBackWhileTooMuchWaitsForASync()
    {
        using var log = Frames.Open(directory.Path, Frames.Small with { MaxUnsyncedBytes = 2_000 });
        Assert.True(log.HasRoom(1_500));
        Frames.Append(log, new string('x', 1_500));
        Assert.True(log.HasRoom(1_500));
        Frames.Append(log, new string('x', 1_500));
        Assert.False(log.HasRoom(1));
        Assert.True(log.TryAppend(1, 0, "what must be said"u8, out _));
        Frames.Sync(log);
        Assert.True(log.HasRoom(1_500));
    }

    [Fact]
    public void WaitingForASyncReturnsWhenItIsDone()
    {
        using var log = Frames.Open(directory.Path, Frames.Small with { GroupMs = 2 });
        var position = Frames.Append(log, "x");
        Assert.False(log.WaitSynced(position + 1, 5));
        var stop = false;
        var worker = new Thread(() =>
        {
            while (!Volatile.Read(ref stop)) log.SyncStep(50);
        });
        worker.Start();
        Assert.True(log.WaitSynced(position + 1, 10_000));
        for (var i = 0; i < 200; i++)
        {
            while (!log.TryAppend(1, 0, "y"u8, out position)) Thread.Yield();
            Assert.True(log.WaitSynced(log.AppendedPosition, 10_000));
            log.Truncate(position);
        }
        Volatile.Write(ref stop, true);
        worker.Join();
        Assert.Equal(201, log.Statistics().Appends);
        Assert.True(log.Statistics().Syncs >= 200);
    }

    [Fact]
    public void RandomLivesReplayWhatTheyAppended()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var files = new MemoryFileSystem();
            var random = new Random(seed);
            var kept = new List<(LogPosition Position, string Payload)>();
            LogPosition truncated = default;
            for (var life = 0; life < 6; life++)
            {
                var options = Frames.Small with { FileBytes = 8192 + random.Next(3) * 4096, MaxSpareFiles = random.Next(3) };
                var log = Frames.Open("log", options, files);
                Assert.False(log.Recovery.Damaged, $"seed {seed}: {log.Recovery.Text}");
                // What the log remembers of truncation may lag behind, never run ahead.
                Assert.True(log.Recovery.FirstPosition <= truncated, $"seed {seed}");
                Assert.Equal(kept.Where(k => k.Position >= truncated), Frames.Replay(log, truncated).All.Select(f => (f.Position, f.Payload)));
                for (var i = random.Next(60); i > 0; i--)
                {
                    var payload = new string((char)random.Next(33, 126), random.Next(random.Next(3) == 0 ? log.MaxPayloadBytes + 1 : 300));
                    kept.Add((Frames.Append(log, payload), payload));
                    if (random.Next(4) == 0) Frames.Sync(log);
                    if (random.Next(10) == 0) log.Truncate(truncated = kept[random.Next(kept.Count * 3 / 4, kept.Count)].Position is var p && p > truncated ? p : truncated);
                }
                if (random.Next(2) == 0) log.Dispose();
                else Frames.Kill(log);
            }
        }
    }
}
