using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>What a log takes on disk: a process has one for each of its lanes.</summary>
public sealed class RoomTests
{
    private static readonly WalOptions Options = Frames.Small with { FileBytes = 8192 };

    private readonly MemoryFileSystem files = new();

    [Fact]
    public void OpeningMakesOneFile()
    {
        using (var log = Frames.Open("log", Options, files))
        {
            Assert.Equal((1, 8192L, 8192L), (log.Statistics().Files, log.Statistics().DiskBytes, files.UsedBytes));
            Assert.True(log.HasRoom(1000));
        }
        // The next one finds nothing that it needs, and takes it over.
        using var again = Frames.Open("log", Options, files);
        again.Truncate(again.AppendedPosition);
        Assert.Equal(2, again.Statistics().Files);
    }

    [Fact]
    public void DiskBytesAreWhatTheFilesTakeAllTheTime()
    {
        var random = new Random(5);
        for (var life = 0; life < 4; life++)
        {
            using var log = Frames.Open("log", Options with { FileBytes = 8192 << life % 2 }, files);
            for (var i = 0; i < 100; i++)
            {
                var position = Frames.Append(log, new string(' ', random.Next(900)));
                if (i % 3 == 0) Frames.Sync(log);
                if (i % 20 == 19) log.Truncate(position);
                Assert.Equal((files.Names.Count(), files.UsedBytes), (log.Statistics().Files, log.Statistics().DiskBytes));
            }
        }
    }

    [Fact]
    public void AFileThatIsBeingMadeCounts()
    {
        var options = Options with { FileBytes = 4 << 20 };
        using var log = Frames.Open("log", options, files);
        Assert.Equal(4L << 20, log.Statistics().DiskBytes);
        Assert.True(log.SyncStep(0));
        Assert.Single(files.Names);
        Assert.Equal((2, 8L << 20), (log.Statistics().Files, log.Statistics().DiskBytes));
    }

    [Fact]
    public void TheLogStaysWithinItsBoundWhateverIsTruncated()
    {
        var options = Options with { MaxBytes = 5 * 8192 };
        using var log = Frames.Open("log", options, files);
        var random = new Random(3);
        var positions = new List<LogPosition>();
        for (var i = 0; i < 2_000; i++)
        {
            if (log.HasRoom(700) && log.TryAppend(1, 0, new byte[random.Next(700)], out var position)) positions.Add(position);
            else log.Truncate(positions[^random.Next(1, 20)]);
            log.SyncStep(0);
            Assert.InRange(files.UsedBytes, 8192, options.MaxBytes);
        }
        Assert.True(positions.Count > 1_000);
    }

    [Fact]
    public void AFullLogOpensWithRoomForWhatLeadsToATruncation()
    {
        var options = Options with { MaxBytes = 4 * 8192 };
        var log = Frames.Open("log", options, files);
        do log.SyncStep(0);
        while (log.TryAppend(1, 0, new byte[900], out _));
        Assert.Equal(options.MaxBytes, files.UsedBytes);
        Frames.Kill(log);
        log = Frames.Open("log", options, files);
        Assert.True(log.HasRoom(2_000));
        Assert.Equal(options.MaxBytes + 8192, files.UsedBytes);
        Frames.Append(log, "flushed");
        log.Truncate(log.AppendedPosition);
        Frames.Sync(log);
        log.SyncStep(0);
        Frames.Kill(log);
        using var again = Frames.Open("log", options, files);
        Assert.True(again.HasRoom(2_000));
        Assert.Equal(options.MaxBytes + 8192, files.UsedBytes);
    }

    [Fact]
    public void SmallFilesOnDiskCarryALongLog()
    {
        using var directory = new TempFolder();
        var options = new WalOptions { FileBytes = 4 << 20, MaxBytes = 24 << 20, MaxSpareFiles = 2 };
        var payload = new byte[100_000];
        using var log = WriteAheadLog.Open(LocalFileSystem.Instance, directory.Path, options, NullLog.Instance, SystemClock.Instance);
        for (var i = 0; i < 2_000; i++)
        {
            while (!log.HasRoom(payload.Length) || !log.TryAppend(1, (ulong)i, payload, out _)) log.SyncStep(0);
            if (log.AppendedPosition - log.TruncatedPosition > 8 << 20) log.Truncate(log.SyncedPosition);
            Assert.InRange(log.Statistics().DiskBytes, 4 << 20, options.MaxBytes);
        }
        Assert.InRange(log.Statistics().Files, 2, 6);
    }
}
