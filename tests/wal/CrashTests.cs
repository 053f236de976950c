using K2I.Base;

namespace K2I.Wal.Tests;

/// <summary>Power cuts, failing calls and full disks.</summary>
public sealed class CrashTests
{
    private static readonly WalOptions Options = Frames.Small with { FileBytes = 8192, MaxSpareFiles = 1 };

    [Fact]
    public void PowerCutsLoseOnlyWhatWasNotSynced()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var files = new MemoryFileSystem();
            var appended = new List<(LogPosition Position, string Payload)>();
            LogPosition synced = default, truncated = default;
            for (var life = 0; life < 5; life++)
            {
                var log = Frames.Open("log", Options with { Random = new SeededRandom(random) }, files);
                Assert.False(log.Recovery.Damaged, $"seed {seed}, life {life}: {log.Recovery.Text}");
                var replayed = Frames.Replay(log, truncated).All.Select(f => (f.Position, f.Payload)).ToList();
                var expected = appended.Where(a => a.Position >= truncated).ToList();
                Assert.True(replayed.SequenceEqual(expected.Take(replayed.Count)), $"seed {seed}, life {life}: replayed what was not appended");
                Assert.True(replayed.Count >= expected.Count(a => a.Position < synced), $"seed {seed}, life {life}: synced frames were lost");
                // What was replayed is acted on: it must survive from now on.
                appended = [.. appended.Where(a => a.Position < truncated), .. replayed];
                synced = log.SyncedPosition;
                for (var i = random.Next(40); i > 0; i--)
                {
                    var payload = $"{seed}.{life}.{i}" + new string((char)random.Next(33, 126), random.Next(random.Next(5) == 0 ? 3000 : 200));
                    appended.Add((Frames.Append(log, payload), payload));
                    if (random.Next(5) == 0) Frames.Sync(log);
                    synced = log.SyncedPosition;
                    if (random.Next(12) == 0)
                    {
                        truncated = LogPosition.Max(truncated, appended[random.Next(appended.Count / 2, appended.Count)].Position);
                        log.Truncate(truncated);
                    }
                }
                Frames.Kill(log);
                files = files.AfterPowerCut(random);
            }
        }
    }

    [Fact]
    public void EveryFailingCallIsSurvivedOrFatal()
    {
        foreach (var kind in new[] { ErrorKind.Unavailable, ErrorKind.Full, ErrorKind.Fatal })
        {
            for (var call = 1; ; call++)
            {
                var files = new MemoryFileSystem { FailCallIn = call, FailKind = kind };
                var written = new List<string>();
                try
                {
                    Live(files, written);
                }
                catch (EngineException error)
                {
                    Assert.Equal("made to fail", error.Message.Split(": ")[^1]);
                }
                var survived = files.FailCallIn > 0;
                files.FailCallIn = 0;
                using var log = Frames.Open("log", Options, files);
                Assert.False(log.Recovery.Damaged, $"call {call}, {kind}: {log.Recovery.Text}");
                Assert.Equal(written, Frames.Replay(log).Payloads);
                if (survived) break;
            }
        }
    }

    [Fact]
    public void PowerCutAtEveryCallLosesOnlyWhatWasNotSynced()
    {
        for (var call = 1; ; call++)
        {
            for (var seed = 0; seed < 10; seed++)
            {
                var random = new Random(call * 100 + seed);
                var files = new MemoryFileSystem();
                var appended = new List<(LogPosition Position, string Payload)>();
                LogPosition synced = default, truncated = default;
                // A first life, so that the second finds a log and reuses its files.
                Append(files, 12, appended, ref synced, ref truncated);
                files.FailCallIn = call;
                files.FailKind = ErrorKind.Fatal;
                var cut = false;
                try
                {
                    Append(files, 25, appended, ref synced, ref truncated);
                }
                catch (EngineException)
                {
                    cut = true;
                }
                files = files.AfterPowerCut(random);
                using var log = Frames.Open("log", Options, files);
                Assert.False(log.Recovery.Damaged, $"call {call}, seed {seed}: {log.Recovery.Text}");
                var replayed = Frames.Replay(log, truncated).All.Select(f => (f.Position, f.Payload)).ToList();
                var expected = appended.Where(a => a.Position >= truncated).ToList();
                Assert.True(replayed.SequenceEqual(expected.Take(replayed.Count)), $"call {call}, seed {seed}: replayed what was not appended");
                Assert.True(replayed.Count >= expected.Count(a => a.Position < synced), $"call {call}, seed {seed}: synced frames were lost");
                if (!cut) return;
            }
        }
    }

    [Fact]
    public void FailedSyncIsTheLast()
    {
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        Frames.Append(log, "synced");
        Frames.Sync(log);
        Frames.Append(log, "lost");
        files.FailSyncs = true;
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.SyncStep(0)).Kind);
        var syncs = files.Syncs;
        files.FailSyncs = false;
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.SyncStep(0)).Kind);
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.TryAppend(1, 0, default, out _)).Kind);
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.HasRoom(1)).Kind);
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.WaitSynced(log.AppendedPosition, 1_000)).Kind);
        Assert.True(log.SyncedPosition < log.AppendedPosition);
        Assert.NotEqual("", log.Trouble);
        log.Dispose();
        Assert.Equal(syncs, files.Syncs);
    }

    [Fact]
    public void FailedWriteIsTheLast()
    {
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        Frames.Append(log, "synced");
        Frames.Sync(log);
        files.FailWrites = ErrorKind.Unavailable;
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.TryAppend(1, 0, default, out _)).Kind);
        files.FailWrites = null;
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.TryAppend(1, 0, default, out _)).Kind);
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => log.SyncStep(0)).Kind);
        log.Dispose();
        using var again = Frames.Open("log", Options, files);
        Assert.Equal(["synced"], Frames.Replay(again).Payloads);
    }

    [Fact]
    public void WriteWithoutSpaceIsTriedAgainInTheSamePlace()
    {
        // A file system that copies on write needs space to overwrite.
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        Frames.Append(log, "a");
        var end = log.AppendedPosition;
        files.FailWrites = ErrorKind.Full;
        Assert.False(log.TryAppend(1, 0, "b"u8, out _));
        Assert.Contains("made to fail", log.Trouble, StringComparison.Ordinal);
        Assert.Equal(end, log.AppendedPosition);
        files.FailWrites = null;
        Assert.True(log.TryAppend(1, 0, "b"u8, out var position));
        Assert.Equal(end, position);
        Assert.Equal("", log.Trouble);
        log.Dispose();
        using var again = Frames.Open("log", Options, files);
        Assert.Equal(["a", "b"], Frames.Replay(again).Payloads);
    }

    [Fact]
    public void WhatTheKernelHoldsAfterAFailedSyncIsWrittenAgain()
    {
        // The kernel drops the error and calls its pages clean: frames are read back, yet are not on disk.
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        Frames.Append(log, "x");
        files.FailSyncs = true;
        Assert.Throws<EngineException>(() => log.SyncStep(0));
        log.Dispose();
        // Still failing: the next opening must not act on them.
        Assert.Equal(ErrorKind.Fatal, Assert.Throws<EngineException>(() => Frames.Open("log", Options, files)).Kind);
        files.FailSyncs = false;
        Frames.Kill(Frames.Open("log", Options, files));
        var after = files.AfterPowerCut(new Random(0));
        using var again = Frames.Open("log", Options, after);
        Assert.Equal(["x"], Frames.Replay(again).Payloads);
    }

    [Fact]
    public void FullDiskIsSaidAndEndsWhenThereIsSpace()
    {
        var clock = new FakeClock();
        var files = new MemoryFileSystem { CapacityBytes = 2 * 8192 };
        using var log = WriteAheadLog.Open(files, "log", Options, NullLog.Instance, clock);
        var count = 0;
        for (var i = 0; i < 10; i++)
        {
            while (log.TryAppend(1, 0, new byte[1000], out _)) count++;
            log.SyncStep(0);
        }
        Assert.InRange(count, 5, 8);
        Assert.Contains("no space", log.Trouble);
        Assert.Equal(2, files.Names.Count());
        // Not tried at every step.
        var calls = files.Calls;
        for (var i = 0; i < 100; i++) log.SyncStep(0);
        Assert.Equal(calls, files.Calls);
        files.CapacityBytes = long.MaxValue;
        clock.Pass(1_000);
        while (!log.TryAppend(1, 0, new byte[1000], out _)) Assert.True(log.SyncStep(0));
        Assert.Equal("", log.Trouble);
    }

    [Fact]
    public void FullDiskIsLeftByTruncating()
    {
        var files = new MemoryFileSystem { CapacityBytes = 2 * 8192 };
        using var log = WriteAheadLog.Open(files, "log", Options, NullLog.Instance, new FakeClock());
        for (var i = 0; i < 200; i++)
        {
            var steps = 0;
            while (!log.TryAppend(1, 0, new byte[1000], out _))
            {
                log.SyncStep(0);
                log.Truncate(log.SyncedPosition);
                Assert.True(++steps < 10);
            }
        }
    }

    [Fact]
    public void LogOpensOnAFullDiskWithoutRoom()
    {
        var clock = new FakeClock();
        var files = new MemoryFileSystem { CapacityBytes = 0 };
        using var log = WriteAheadLog.Open(files, "log", Options, NullLog.Instance, clock);
        Assert.NotEqual("", log.Trouble);
        Assert.False(log.HasRoom(1));
        Assert.False(log.TryAppend(1, 0, default, out _));
        files.CapacityBytes = 1 << 20;
        clock.Pass(1_000);
        while (!log.HasRoom(1)) Assert.True(log.SyncStep(0));
        Assert.True(log.TryAppend(1, 0, default, out _));
    }

    [Fact]
    public void FilesAreReusedOldestFirstAndSparesAreFew()
    {
        var files = new MemoryFileSystem();
        using var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 100; i++) Frames.Append(log, new string('x', 900));
        Frames.Sync(log);
        Assert.True(files.Names.Count() > 20);
        log.Truncate(log.AppendedPosition);
        for (var i = 0; i < 100; i++)
        {
            Frames.Append(log, new string('y', 900));
            Frames.Sync(log);
            log.Truncate(log.AppendedPosition);
        }
        Assert.True(files.Names.Count() <= 3 + Options.MaxSpareFiles, string.Join(' ', files.Names));
        var reused = files.Renamed.Where(r => r.From.EndsWith(".wal", StringComparison.Ordinal)).Select(r => r.From).ToArray();
        Assert.NotEmpty(reused);
        Assert.Equal(reused.Order(StringComparer.Ordinal), reused);
        Assert.Equal(files.Deleted.Order(StringComparer.Ordinal), files.Deleted);
    }

    [Fact]
    public void RestartsWithoutAppendsTakeNoSpace()
    {
        var files = new MemoryFileSystem();
        for (var life = 0; life < 50; life++)
        {
            var log = Frames.Open("log", Options, files);
            log.SyncStep(0);
            log.SyncStep(0);
            Frames.Kill(log);
        }
        Assert.True(files.Names.Count() <= 3, string.Join(' ', files.Names));
    }

    /// <summary>Appends some frames, syncing and truncating now and then; ends as a killed process does.</summary>
    private static void Append(MemoryFileSystem files, int count, List<(LogPosition Position, string Payload)> appended, ref LogPosition synced, ref LogPosition truncated)
    {
        WriteAheadLog? log = null;
        try
        {
            log = Frames.Open("log", Options, files);
            for (var i = 0; i < count; i++)
            {
                var payload = $"{appended.Count}" + new string('.', 700);
                appended.Add((Frames.Append(log, payload), payload));
                if (i % 3 == 0) Frames.Sync(log);
                synced = log.SyncedPosition;
                if (i % 7 != 6) continue;
                log.Truncate(appended[^3].Position);
                truncated = appended[^3].Position;
            }
        }
        finally
        {
            synced = LogPosition.Max(synced, log?.SyncedPosition ?? default);
            log?.Abandon();
        }
    }

    private static void Live(MemoryFileSystem files, List<string> written)
    {
        var clock = new FakeClock();
        using var log = WriteAheadLog.Open(files, "log", Options, NullLog.Instance, clock);
        for (var i = 0; i < 30; i++)
        {
            var payload = $"{i}" + new string('.', 700);
            while (!log.TryAppend(1, 0, System.Text.Encoding.Latin1.GetBytes(payload), out _))
            {
                log.SyncStep(0);
                clock.Pass(100);
            }
            written.Add(payload);
            if (i % 3 == 0) log.SyncStep(0);
        }
    }
}
