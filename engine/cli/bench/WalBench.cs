using System.Diagnostics;
using K2I.Base;
using K2I.Memory;
using K2I.Wal;

namespace K2I.Cli.Bench;

/// <summary>
/// The log, measured as the engine uses it: records of 250 bytes in frames of 64 KiB, one appender, one sync worker. What a record costs, how long until it is on disk,
/// how fast a log is opened and replayed.
/// </summary>
internal sealed class WalBench(WalBenchOptions options, TextWriter output)
{
    private const int RecordBytes = 250;
    private const int RecordsPerFrame = 262;
    private const byte Kind = 1;
    private const long LowRate = 100_000, HighRate = 1_000_000;

    private readonly List<WalBenchRow> rows = [];

    internal void Run()
    {
        var parent = Path.GetFullPath(options.Directory);
        var directory = Path.Combine(parent, $"k2i-bench-wal-{Guid.NewGuid():N}");
        Directory.CreateDirectory(directory);
        try
        {
            Append(Path.Combine(directory, "low"), "group sync, 100K records/s", LowRate, RecordsPerFrame / 8);
            Append(Path.Combine(directory, "high"), "group sync, 1M records/s", HighRate, RecordsPerFrame);
            Append(Path.Combine(directory, "full"), "group sync, full rate", 0, RecordsPerFrame);
            Replay(Path.Combine(directory, "replay"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        if (options.Json) WalBenchRow.PrintJson(rows, output);
        else WalBenchRow.PrintTable(rows, output);
    }

    /// <summary>Appends at a rate (0: as fast as there is room) for some seconds, truncating behind as flushes would.</summary>
    private void Append(string directory, string what, long recordsPerSecond, int recordsPerFrame)
    {
        var frame = new byte[recordsPerFrame * RecordBytes];
        new Random(1).NextBytes(frame);
        // Some files first, which are then reused as in a long run.
        Fill(directory, 4L << 26, truncate: true);
        using var log = Open(directory);
        var worker = new Worker(log);
        var before = Usage.Now();
        var latency = log.Statistics().GroupLatency;
        long records = 0, inAppend = 0, noRoom = 0;
        var deadline = before.Ticks + options.Seconds * Stopwatch.Frequency;
        while (Stopwatch.GetTimestamp() is var now && now < deadline)
        {
            if (recordsPerSecond > 0 && records * Stopwatch.Frequency > (now - before.Ticks) * recordsPerSecond)
            {
                Thread.Sleep(1);
                continue;
            }
            var begun = Stopwatch.GetTimestamp();
            if (!log.HasRoom(frame.Length) || !log.TryAppend(Kind, 0, frame, out var position))
            {
                noRoom++;
                Thread.Sleep(1);
                continue;
            }
            inAppend += Stopwatch.GetTimestamp() - begun;
            records += recordsPerFrame;
            if (records % (64 * recordsPerFrame) == 0) log.Truncate(LogPosition.Min(log.SyncedPosition, position));
        }
        log.WaitSynced(log.AppendedPosition, 60_000);
        var after = Usage.Now();
        worker.Stop();
        rows.Add(new()
        {
            What = what,
            RecordsPerSecond = records / after.Seconds(before),
            MegabytesPerSecond = records * RecordBytes / after.Seconds(before) / 1e6,
            AppendNs = inAppend * (1e9 / Stopwatch.Frequency) / records,
            CpuNs = after.CpuSeconds(before) / records * 1e9,
            GroupP50Us = latency.Quantile(0.5),
            GroupP99Us = latency.Quantile(0.99),
            GroupMaxUs = latency.MaxUs,
            Syncs = log.Statistics().Syncs,
            AllocatedBytes = (after.AllocatedBytes - before.AllocatedBytes) / (double)records,
            NoRoom = noRoom,
        });
    }

    private void Replay(string directory)
    {
        Fill(directory, options.ReplayBytes, truncate: false);
        foreach (var cold in new[] { true, false })
        {
            if (cold) PageCache.Drop(directory);
            var before = Usage.Now();
            using var log = Open(directory);
            var opened = Usage.Now();
            var sum = new Sum();
            log.Replay(default, sum);
            var after = Usage.Now();
            rows.Add(new()
            {
                What = cold ? "open and replay, not cached" : "open and replay, cached",
                MegabytesPerSecond = sum.Bytes / after.Seconds(before) / 1e6,
                RecordsPerSecond = sum.Bytes / RecordBytes / after.Seconds(before),
                CpuNs = after.CpuSeconds(before) / (sum.Bytes / RecordBytes) * 1e9,
                OpenMs = opened.Seconds(before) * 1e3,
                ReplayMs = after.Seconds(opened) * 1e3,
            });
        }
    }

    private static WriteAheadLog Open(string directory) => WriteAheadLog.Open(LocalFileSystem.Instance, directory, new(), NullLog.Instance, SystemClock.Instance);

    /// <summary>Makes a log of so many bytes.</summary>
    private static void Fill(string directory, long bytes, bool truncate)
    {
        using var log = Open(directory);
        var worker = new Worker(log);
        var frame = new byte[RecordsPerFrame * RecordBytes];
        new Random(2).NextBytes(frame);
        for (long filled = 0; filled < bytes; filled += frame.Length)
        {
            while (!log.HasRoom(frame.Length) || !log.TryAppend(Kind, 0, frame, out _)) Thread.Sleep(1);
        }
        log.WaitSynced(log.AppendedPosition, 60_000);
        if (truncate) log.Truncate(log.AppendedPosition);
        worker.Stop();
    }

    /// <summary>The sync worker's thread.</summary>
    private sealed class Worker
    {
        private readonly Thread thread;
        private volatile bool stop;

        internal Worker(WriteAheadLog log)
        {
            thread = new(() =>
            {
                while (!stop) log.SyncStep(50);
            })
            { Name = "wal sync" };
            thread.Start();
        }

        internal void Stop()
        {
            stop = true;
            thread.Join();
        }
    }

    /// <summary>Counts; the log itself reads every byte to check it.</summary>
    private sealed class Sum : IFrameHandler
    {
        internal long Bytes { get; private set; }

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            Bytes += payload.Length;
            return true;
        }
    }
}
