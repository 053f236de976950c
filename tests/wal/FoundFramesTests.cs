using System.Text;
using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>Single frames of what an opening found, by position, while the log goes on.</summary>
public sealed class FoundFramesTests
{
    private const int Streams = 7;

    private static readonly WalOptions Options = Frames.Small with { FileBytes = 8192, MaxSpareFiles = 1 };

    private readonly MemoryFileSystem files = new();

    [Fact]
    public void EachStreamIsReadInItsOwnOrder()
    {
        Write(200);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        Assert.Equal(200, all.Count);
        using var found = log.OpenFound();
        for (var stream = 0; stream < Streams; stream++)
        {
            foreach (var frame in all.Where(f => f.Stream == Hash(stream))) Assert.Equal(frame, Read(found, frame.Position));
        }
        // And as well in any other.
        foreach (var frame in all.OrderBy(f => f.Payload, StringComparer.Ordinal)) Assert.Equal(frame, Read(found, frame.Position));
    }

    [Fact]
    public void SeveralReadersGoTheirOwnWays()
    {
        Write(100);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using var one = log.OpenFound();
        using var other = log.OpenFound();
        for (var i = 0; i < all.Count; i++)
        {
            Assert.Equal(all[i], Read(one, all[i].Position));
            Assert.Equal(all[^(i + 1)], Read(other, all[^(i + 1)].Position));
        }
    }

    [Fact]
    public void WhatIsTruncatedIsRefusedAndTheRestIsReadOn()
    {
        Write(100);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using var found = log.OpenFound();
        Assert.Equal(all[0], Read(found, all[0].Position));
        for (var i = 10; i < all.Count; i += 10)
        {
            log.Truncate(all[i].Position);
            Assert.False(found.TryRead(all[i - 1].Position, out _));
            Assert.Equal(all[i], Read(found, all[i].Position));
            // Files are made and reused meanwhile, as far as was truncated.
            for (var j = 0; j < 30; j++) Append(log, "new");
            Assert.All(all.Skip(i), f => Assert.Equal(f, Read(found, f.Position)));
        }
        log.Truncate(log.AppendedPosition);
        Assert.All(all, f => Assert.False(found.TryRead(f.Position, out _)));
    }

    [Fact]
    public void AFrameThatIsLookedAtStaysUntilTheNextCall()
    {
        Write(40);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using (var found = log.OpenFound())
        {
            Assert.True(found.TryRead(all[0].Position, out var frame));
            Overwrite(log);
            Assert.Equal(all[0].Payload, Encoding.Latin1.GetString(frame.Payload));
            Assert.Contains(WalFormat.FileName(default), files.Names);
            // A refused call holds nothing.
            Assert.False(found.TryRead(all[0].Position, out _));
            Overwrite(log);
            Assert.DoesNotContain(WalFormat.FileName(default), files.Names);
        }
    }

    [Fact]
    public void ClosingLetsFilesGo()
    {
        Write(40);
        using var log = Frames.Open("log", Options, files);
        var first = Frames.Replay(log).All[0];
        var found = log.OpenFound();
        Read(found, first.Position);
        Overwrite(log);
        Assert.Contains(WalFormat.FileName(default), files.Names);
        found.Dispose();
        Overwrite(log);
        Assert.DoesNotContain(WalFormat.FileName(default), files.Names);
        Assert.Throws<InvalidOperationException>(() => found.TryRead(first.Position, out _));
    }

    [Fact]
    public void ATruncationDuringAReplayTakesNothingFromIt()
    {
        Write(100);
        using var log = Frames.Open("log", Options, files);
        var expected = Frames.Replay(log).All;
        var slow = new Overwriter(log);
        log.Replay(default, slow);
        Assert.Equal(expected.Select(f => f.Payload), slow.Payloads);
    }

    [Fact]
    public void DamageSinceTheOpeningIsTold()
    {
        Write(60);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using var found = log.OpenFound();
        foreach (var name in files.Names.ToArray()[..3])
        {
            Assert.True(WalFormat.TryParseName(name, out var start));
            var inFile = all.Where(f => f.Position >= start && f.Position - start < Options.FileBytes).ToList();
            for (var at = WalFormat.FramesOffset; at < Options.FileBytes; at++)
            {
                var hit = inFile.FindLast(f => f.Position <= start + at);
                if (hit.Position + WalFormat.FrameBytes(hit.Payload.Length) <= start + at) break;
                files[name][at] ^= (byte)(1 << at % 8);
                Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => found.TryRead(hit.Position, out _)).Kind);
                files[name][at] ^= (byte)(1 << at % 8);
                Assert.Equal(hit, Read(found, hit.Position));
            }
        }
    }

    [Fact]
    public void AFileThatIsGoneOrCutSinceTheOpeningIsTold()
    {
        Write(60);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using var found = log.OpenFound();
        var name = files.Names.First();
        files[name] = files[name][..5000];
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => found.TryRead(all[0].Position, out _)).Kind);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => Frames.Replay(log)).Kind);
        files.Remove(name);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => found.TryRead(all[0].Position, out _)).Kind);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => Frames.Replay(log)).Kind);
        Assert.Equal(all[^1], Read(found, all[^1].Position));
    }

    [Fact]
    public void FramesOfThisOpeningAndPlacesBetweenFramesAreNoneThatWereFound()
    {
        Write(10);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        using var found = log.OpenFound();
        var appended = Append(log, "new");
        Assert.Throws<InvalidOperationException>(() => found.TryRead(appended, out _));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => found.TryRead(all[1].Position + 8, out _)).Kind);
    }

    [Fact]
    public void ManyFilesAreReadThroughFewMappingsThatGiveMemoryBack()
    {
        Write(1_000);
        using var log = Frames.Open("log", Options, files);
        var all = Frames.Replay(log).All;
        Assert.True(log.Recovery.Files > 30);
        Assert.Equal(0, files.Mapped);
        var found = log.OpenFound();
        for (var pass = 0; pass < 20; pass++)
        {
            for (var i = pass; i < all.Count; i += 20)
            {
                Assert.Equal(all[i], Read(found, all[i].Position));
                Assert.InRange(files.Mapped, 1, 8);
            }
        }
        Assert.True(files.Releases > 8);
        found.Dispose();
        Assert.Equal(0, files.Mapped);
    }

    [Fact]
    public void FilesOnDiskAreReadAsWell()
    {
        using var directory = new TempFolder();
        var options = Frames.Small with { FileBytes = 64 << 10 };
        var written = new List<(byte, ulong, LogPosition, string)>();
        using (var first = Frames.Open(directory.Path, options))
        {
            for (var i = 0; i < 20_000; i++)
            {
                var payload = $"{i}" + new string('.', i % 900);
                written.Add((1, (ulong)i, Frames.Append(first, payload, stream: (ulong)i), payload));
            }
        }
        using var log = Frames.Open(directory.Path, options);
        using var found = log.OpenFound();
        for (var pass = 0; pass < 20; pass++)
        {
            for (var i = pass; i < written.Count; i += 20) Assert.Equal(written[i], Read(found, written[i].Item3));
        }
    }

    private static ulong Hash(int stream) => 0xFEDC_BA98_7654_3210 * (ulong)(stream + 1);

    private static (byte Kind, ulong Stream, LogPosition Position, string Payload) Read(FoundFrames found, LogPosition position)
    {
        Assert.True(found.TryRead(position, out var frame));
        return (frame.Kind, frame.Stream, position, Encoding.Latin1.GetString(frame.Payload));
    }

    private static LogPosition Append(WriteAheadLog log, string payload)
    {
        var position = Frames.Append(log, payload + new string(' ', 500));
        Frames.Sync(log);
        return position;
    }

    /// <summary>Truncates everything and appends until files that may be reused would have been.</summary>
    private static void Overwrite(WriteAheadLog log)
    {
        for (var i = 0; i < 200; i++) log.Truncate(Append(log, "over"));
    }

    private void Write(int count)
    {
        var log = Frames.Open("log", Options, files);
        for (var i = 0; i < count; i++)
            Frames.Append(log, $"{i}:" + new string((char)('a' + i % 26), i * 37 % 600), (byte)(1 + i % 5), Hash(i % Streams));
        Frames.Kill(log);
    }

    /// <summary>Has the log go over all its files again while each frame is handled.</summary>
    private sealed class Overwriter(WriteAheadLog log) : IFrameHandler
    {
        internal List<string> Payloads { get; } = [];

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            for (var i = 0; i < 20; i++) log.Truncate(Append(log, "over"));
            Payloads.Add(Encoding.Latin1.GetString(payload));
            return true;
        }
    }
}
