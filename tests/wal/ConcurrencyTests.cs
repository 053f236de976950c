using System.Buffers.Binary;
using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>Appenders, sync worker, truncation and readers at the same time, on the real file system.</summary>
public sealed class ConcurrencyTests : IDisposable
{
    private const int PerAppender = 20_000;

    private readonly TempFolder directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void AppendersTruncationAndReadersDoNotDisturbEachOther()
    {
        var options = new WalOptions { FileBytes = 256 << 10, GroupMs = 1, MaxSpareFiles = 2 };
        var log = Frames.Open(directory.Path, options);
        var stop = false;
        var errors = new List<Exception>();
        LogPosition kept = default;
        var worker = Start(errors, () =>
        {
            while (!Volatile.Read(ref stop)) log.SyncStep(20);
        });
        var appenders = Enumerable.Range(1, 2).Select(kind => Start(errors, () =>
        {
            var payload = new byte[300];
            for (var i = 0; i < PerAppender; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload, i);
                while (!log.TryAppend((byte)kind, 0, payload.AsSpan(0, 4 + i % 297), out _)) Thread.Sleep(0);
                if (kind != 1 || i % 500 != 0) continue;
                var position = log.AppendedPosition;
                log.Truncate(position);
                LogPosition.Write(ref kept, position);
            }
        })).ToArray();
        var reads = 0;
        var reader = Start(errors, () =>
        {
            while (!Volatile.Read(ref stop))
            {
                var seen = WalReader.Open(LocalFileSystem.Instance, directory.Path);
                Assert.False(seen.Recovery.Damaged, seen.Recovery.Text);
                var order = new Order();
                seen.Read(default, order);
                reads++;
            }
        });
        foreach (var appender in appenders) appender.Join();
        var last = new byte[4 + PerAppender % 297];
        BinaryPrimitives.WriteInt32LittleEndian(last, PerAppender);
        for (byte kind = 1; kind <= 2; kind++)
        {
            while (!log.TryAppend(kind, 0, last, out _)) Thread.Sleep(0);
        }
        Volatile.Write(ref stop, true);
        worker.Join();
        reader.Join();
        Assert.Empty(errors);
        Assert.True(reads > 0);
        var appended = log.AppendedPosition;
        log.Dispose();

        using var again = Frames.Open(directory.Path, options);
        Assert.Equal(WalOutcome.Clean, again.Recovery.Outcome);
        Assert.True(again.Recovery.EndPosition >= appended);
        var all = new Order();
        again.Replay(kept, all);
        Assert.Equal(PerAppender, all.Last[1]);
        Assert.Equal(PerAppender, all.Last[2]);
    }

    [Fact]
    public void ReplayGoesOnWhileTheLogIsAppendedAndTruncated()
    {
        var options = new WalOptions { FileBytes = 64 << 10, GroupMs = 0, MaxSpareFiles = 0 };
        using (var first = Frames.Open(directory.Path, options))
        {
            for (var i = 0; i < 1_000; i++) Frames.Append(first, $"{i}" + new string(' ', 300));
        }
        using var log = Frames.Open(directory.Path, options);
        var slow = new Interleaved(log);
        log.Replay(default, slow);
        Assert.Equal(Enumerable.Range(0, 1_000), slow.Seen);
        // What was truncated meanwhile is reused once the replay is over.
        for (var i = 0; i < 300; i++)
        {
            Frames.Append(log, new string('z', 1000));
            Frames.Sync(log);
            log.Truncate(log.SyncedPosition);
        }
        Assert.InRange(LocalFileSystem.Instance.ListFiles(directory.Path).Count, 1, 4);
    }

    [Fact]
    public void NothingIsAllocatedPerAppend()
    {
        using var log = Frames.Open(directory.Path, new() { FileBytes = 4 << 20 });
        var payload = new byte[100];
        for (var i = 0; i < 100; i++) Assert.True(log.TryAppend(1, 0, payload, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) Assert.True(log.TryAppend(1, 0, payload, out _));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Thread Start(List<Exception> errors, Action work)
    {
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                lock (errors) errors.Add(error);
            }
        });
        thread.Start();
        return thread;
    }

    /// <summary>Frames of each kind count up.</summary>
    private sealed class Order : IFrameHandler
    {
        internal int[] Last { get; } = [-1, -1, -1];

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(payload);
            Assert.Equal(4 + number % 297, payload.Length);
            // Files that a reader has not come to yet may be reused meanwhile.
            Assert.True(number > Last[kind], $"{number} after {Last[kind]}");
            Last[kind] = number;
            return true;
        }
    }

    /// <summary>Appends and truncates between the frames that it is given.</summary>
    private sealed class Interleaved(WriteAheadLog log) : IFrameHandler
    {
        internal List<int> Seen { get; } = [];

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            Seen.Add(int.Parse(System.Text.Encoding.Latin1.GetString(payload)));
            Frames.Append(log, new string('y', 500));
            Frames.Sync(log);
            log.Truncate(log.SyncedPosition);
            return true;
        }
    }
}
