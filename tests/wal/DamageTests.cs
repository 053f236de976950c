using System.Text;
using K2I.Base;

namespace K2I.Wal.Tests;

/// <summary>Whatever is done to a log's bytes, what is replayed is a prefix of what was appended, and synced frames are not lost without being told of.</summary>
public sealed class DamageTests
{
    private static readonly WalOptions Options = Frames.Small with { FileBytes = 8192 };

    [Fact]
    public void EveryBitFlipIsHarmlessOrTold()
    {
        var (files, written) = Sample();
        foreach (var name in files.Names.ToArray())
        {
            var bytes = files[name];
            // Of the page after the header, which means nothing, some bytes.
            for (var at = 0; at < bytes.Length; at += at is < FileHeader.Bytes or >= WalFormat.FramesOffset ? 1 : 97)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    bytes[at] ^= (byte)(1 << bit);
                    AssertPrefix(files, written, $"bit {bit} of byte {at} of {name}");
                    bytes[at] ^= (byte)(1 << bit);
                }
            }
        }
    }

    [Fact]
    public void EveryCutIsHarmlessOrTold()
    {
        var (files, written) = Sample();
        foreach (var name in files.Names.ToArray())
        {
            var whole = files[name];
            for (var length = 0; length < whole.Length; length++)
            {
                files[name] = whole[..length];
                AssertPrefix(files, written, $"{name} cut to {length}");
            }
            files[name] = [.. whole, 0];
            AssertPrefix(files, written, $"{name} with a byte more");
            files[name] = whole;
        }
    }

    [Fact]
    public void EveryOverwrittenSectorIsHarmlessOrTold()
    {
        // A sector that takes the last frames and the mark of the orderly end with it cannot be told from a torn tail: another opening, which knows better, comes after.
        var (files, written) = Sample(openedAgain: true);
        var random = new Random(11);
        foreach (var name in files.Names.ToArray())
        {
            var bytes = files[name];
            for (var at = 0; at < bytes.Length; at += 512)
            {
                var before = bytes.AsSpan(at, 512).ToArray();
                bytes.AsSpan(at, 512).Clear();
                AssertPrefix(files, written, $"zeros at {at} of {name}");
                random.NextBytes(bytes.AsSpan(at, 512));
                AssertPrefix(files, written, $"noise at {at} of {name}");
                before.CopyTo(bytes, at);
            }
        }
    }

    [Fact]
    public void EveryMissingFileIsTold()
    {
        var (files, written) = Sample();
        var names = files.Names.ToArray();
        Assert.True(names.Length >= 4);
        // The last was made ahead and is empty: without it the log is whole.
        foreach (var name in names[..^1])
        {
            var copy = files.Copy();
            copy.Remove(name);
            var outcome = AssertPrefix(copy, written, $"without {name}");
            Assert.Equal(WalOutcome.MissingFile, outcome);
        }
    }

    [Fact]
    public void MissingDirectoryIsAnEmptyLog()
    {
        using var directory = new TempFolder();
        using var log = Frames.Open(Path.Combine(directory.Path, "a", "b"));
        Assert.Equal(WalOutcome.Empty, log.Recovery.Outcome);
    }

    [Fact]
    public void SwappedFilesAreTold()
    {
        var (files, written) = Sample();
        var names = files.Names.ToArray();
        (files[names[0]], files[names[1]]) = (files[names[1]], files[names[0]]);
        Assert.True(AssertPrefix(files, written, "swapped") >= WalOutcome.Hole);
    }

    [Fact]
    public void ForeignFileIsToldAndLeftAlone()
    {
        var (files, written) = Sample();
        var names = files.Names.ToArray();
        files[names[1]] = Encoding.ASCII.GetBytes("not a log file, and longer than a header of one would be: ...............................");
        Assert.Equal(WalOutcome.ForeignFile, AssertPrefix(files, written, "foreign"));
        for (var life = 0; life < 3; life++)
        {
            using var log = Frames.Open("log", Options, files);
            for (var i = 0; i < 40; i++)
            {
                var position = Frames.Append(log, new string('n', 500));
                Frames.Sync(log);
                log.Truncate(position);
            }
        }
        Assert.StartsWith("not a log file", Encoding.ASCII.GetString(files[names[1]]));
    }

    [Fact]
    public void OtherFilesOfTheDirectoryAreIgnored()
    {
        var (files, written) = Sample();
        files["README"] = "hello"u8.ToArray();
        files["00000000000000000000.wal.bak"] = new byte[8192];
        Assert.Equal(WalOutcome.Clean, AssertPrefix(files, written, "other files"));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(3u)]
    public void LogOfAnotherReleaseIsRefusedAndNotTouched(uint version)
    {
        var (files, _) = Sample();
        var name = files.Names.First();
        Assert.Equal(FileState.Good, WalFormat.ReadFileHeader(files[name], default, out var header));
        WalFormat.WriteFileHeader(new ArrayWriter(files[name]), header with { Version = version });
        var before = files.Copy();
        var error = Assert.Throws<EngineException>(() => Frames.Open("log", Options, files));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Contains($"version {version}", error.Message, StringComparison.Ordinal);
        Assert.Contains("move the directory away", error.Message, StringComparison.Ordinal);
        foreach (var each in files.Names) Assert.Equal(before[each], files[each]);
    }

    [Fact]
    public void LogGoesOnAfterDamage()
    {
        var (files, written) = Sample();
        files[files.Names.ElementAt(1)][5000] ^= 1;
        var expected = new List<string>();
        using (var log = Frames.Open("log", Options, files))
        {
            Assert.True(log.Recovery.Damaged);
            expected.AddRange(Frames.Replay(log).Payloads);
            Assert.InRange(expected.Count, 1, written.Count - 1);
            foreach (var payload in new[] { "after", "damage" })
            {
                Frames.Append(log, payload);
                expected.Add(payload);
            }
        }
        for (var life = 0; life < 3; life++)
        {
            using var again = Frames.Open("log", Options, files);
            Assert.Equal(WalOutcome.Clean, again.Recovery.Outcome);
            Assert.Equal(expected, Frames.Replay(again).Payloads);
        }
    }

    [Fact]
    public void DamageBelowTheTruncatedPositionDoesNotMatter()
    {
        var files = new MemoryFileSystem();
        using (var log = Frames.Open("log", Options, files))
        {
            for (var i = 0; i < 6; i++) Frames.Append(log, $"{i}" + new string(' ', 400));
            Frames.Sync(log);
            log.Truncate(Frames.Append(log, "kept"));
            Frames.Sync(log);
            Frames.Append(log, "last");
        }
        // The truncated position is known once a file begins after it: another opening writes it down.
        using (Frames.Open("log", Options, files))
        {
        }
        files[files.Names.First()][4096 + 600] ^= 1;
        using var again = Frames.Open("log", Options, files);
        Assert.False(again.Recovery.Damaged);
        Assert.Equal(["kept", "last"], Frames.Replay(again).Payloads);
    }

    [Fact]
    public void FramesBehindATornTailStayDead()
    {
        // Three frames of the same length; the second is torn, the third (never synced) reached the disk.
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        Frames.Append(log, "first.......");
        Frames.Sync(log);
        var second = Frames.Append(log, "second......");
        Frames.Append(log, "third.......");
        Frames.Kill(log);
        var name = files.Names.First();
        files[name][(int)second.Bytes + FrameHeader.Bytes] ^= 0xFF;

        for (var life = 0; life < 2; life++)
        {
            // Shorter, equal and longer frames than the torn one, in the place of it if appending went on there.
            var copy = files.Copy();
            foreach (var payload in new[] { "x", "replacement.", new string('y', 100) })
            {
                log = Frames.Open("log", Options, copy);
                Assert.DoesNotContain("third.......", Frames.Replay(log).Payloads);
                Assert.Equal("first.......", Frames.Replay(log).Payloads.First());
                Frames.Append(log, payload);
                if (life == 0) Frames.Sync(log);
                Frames.Kill(log);
            }
            using var last = Frames.Open("log", Options, copy);
            Assert.Equal(["first.......", "x", "replacement.", new string('y', 100)], Frames.Replay(last).Payloads);
            // Even if the torn frame is whole again later.
            copy[name][(int)second.Bytes + FrameHeader.Bytes] ^= 0xFF;
            Assert.DoesNotContain("third.......", Frames.Replay(last).Payloads);
            last.Dispose();
            using var healed = Frames.Open("log", Options, copy);
            Assert.Equal(["first.......", "x", "replacement.", new string('y', 100)], Frames.Replay(healed).Payloads);
        }
    }

    [Fact]
    public void BytesOfAReusedFileAreNoFrames()
    {
        var files = new MemoryFileSystem();
        using var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 200; i++)
        {
            var position = Frames.Append(log, $"{i}");
            Frames.Sync(log);
            log.Truncate(position);
            var copy = files.Copy();
            using var other = Frames.Open("log", Options, copy);
            Assert.Equal(WalOutcome.Clean, other.Recovery.Outcome);
            Assert.Equal([$"{i}"], Frames.Replay(other, position).Payloads);
        }
    }

    [Fact]
    public void RecordThatLooksLikeAFrameIsNotTakenForOne()
    {
        // A record holds the very frame that would be valid where it lies, but for the salt, which nobody outside knows.
        var files = new MemoryFileSystem();
        var log = Frames.Open("log", Options, files);
        var forged = new byte[FrameHeader.Bytes + 8];
        WalFormat.WriteFrame(new ArrayWriter(forged), 0, WalFormat.Seed(0), new() { PayloadBytes = 8, Position = new(4096 + FrameHeader.Bytes), SyncedPosition = new(1 << 20), Generation = 1, Kind = 1 }, "intruder"u8);
        Frames.Append(log, Encoding.Latin1.GetString(forged));
        Frames.Kill(log);
        files[files.Names.First()][4096] ^= 1;
        using var again = Frames.Open("log", Options, files);
        Assert.Equal(WalOutcome.TornTail, again.Recovery.Outcome);
        Assert.Empty(Frames.Replay(again).All);
    }

    /// <summary>Reads a damaged log as an opening would; the outcome.</summary>
    private static WalOutcome AssertPrefix(MemoryFileSystem files, List<string> written, string what)
    {
        var scan = LogScan.Run(files, "log");
        var frames = new Frames();
        new LogReplay(files, scan, frames, null).Run(default);
        var replayed = frames.All.Select(f => f.Payload).ToList();
        Assert.True(replayed.Count <= written.Count && replayed.SequenceEqual(written.Take(replayed.Count)), $"{what}: replayed what was never appended in that order");
        // All of the sample had been synced, and the log closed in order: anything lost is damage.
        Assert.True(replayed.Count == written.Count || scan.Recovery.Damaged, $"{what}: {written.Count - replayed.Count} frames lost, and the outcome is {scan.Recovery.Outcome}");
        return scan.Recovery.Outcome;
    }

    /// <summary>Some files of frames, synced now and then, closed in order.</summary>
    private static (MemoryFileSystem Files, List<string> Written) Sample(bool openedAgain = false)
    {
        var files = new MemoryFileSystem();
        var written = new List<string>();
        var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 36; i++)
        {
            var payload = $"{i}:" + new string((char)('a' + i), i * 37 % 600);
            Frames.Append(log, payload);
            written.Add(payload);
            if (i % 3 == 0) Frames.Sync(log);
        }
        Frames.Sync(log);
        log.Dispose();
        // An opening that appends nothing says by its header that all before it was synced.
        if (openedAgain) Frames.Open("log", Options, files).Dispose();
        return (files, written);
    }
}
