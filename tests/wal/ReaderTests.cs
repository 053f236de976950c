using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

public sealed class ReaderTests
{
    private static readonly WalOptions Options = Frames.Small with { FileBytes = 8192 };

    [Fact]
    public void ReaderSeesWhatTheWriterHasAppended()
    {
        var files = new MemoryFileSystem();
        using var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 20; i++)
        {
            Frames.Append(log, $"{i}" + new string(' ', 300));
            var reader = WalReader.Open(files, "log");
            Assert.Equal(WalOutcome.Clean, reader.Recovery.Outcome);
            var frames = new Frames();
            reader.Read(default, frames);
            Assert.Equal(Enumerable.Range(0, i + 1), frames.Payloads.Select(p => int.Parse(p)));
            Assert.Equal(i + 1, reader.Files.Sum(f => f.Frames));
        }
    }

    [Fact]
    public void FilesAreNamedByTheirUse()
    {
        var files = new MemoryFileSystem();
        using var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 30; i++) Frames.Append(log, $"{i}" + new string(' ', 600));
        Frames.Sync(log);
        log.Truncate(Frames.Append(log, "kept"));
        Frames.Sync(log);
        for (var i = 0; i < 8; i++) Frames.Append(log, new string(' ', 600));
        Frames.Sync(log);
        var reader = WalReader.Open(files, "log");
        Assert.Equal(FileUse.Truncated, reader.Files[0].Use);
        Assert.Contains(reader.Files, f => f.Use == FileUse.Live);
        Assert.Equal(FileUse.Empty, reader.Files[^1].Use);
        Assert.All(reader.Files, f => Assert.Equal((FileState.Good, 1L, 8192L), (f.State, f.Generation, f.Bytes)));
        // Truncated frames are shown as long as they are there.
        var all = new Frames();
        reader.Read(default, all);
        Assert.Equal(reader.Files.Sum(f => f.Frames), all.All.Count);
        Assert.True(all.All[0].Position < reader.Recovery.FirstPosition);
        var one = new Frames();
        Assert.True(reader.Read(reader.Files[1], default, one));
        Assert.Equal(reader.Files[1].Frames, one.All.Count);
    }

    [Fact]
    public void DamageIsNamedWithItsFile()
    {
        var files = new MemoryFileSystem();
        using (var log = Frames.Open("log", Options, files))
        {
            for (var i = 0; i < 30; i++)
            {
                Frames.Append(log, $"{i}" + new string(' ', 600));
                Frames.Sync(log);
            }
        }
        var second = files.Names.ElementAt(1);
        files[second][4096 + 700] ^= 4;
        var reader = WalReader.Open(files, "log");
        Assert.Equal(WalOutcome.DamagedFrame, reader.Recovery.Outcome);
        Assert.Equal(second, reader.Recovery.File);
        Assert.Contains(second, reader.Recovery.Text);
        Assert.Equal(FileUse.GivenUp, reader.Files[2].Use);

        var frames = new Frames();
        reader.Read(default, frames);
        Assert.Equal(Enumerable.Range(0, frames.All.Count), frames.Payloads.Select(p => int.Parse(p)));
        Assert.Equal(reader.Recovery.Frames, frames.All.Count);
    }

    [Fact]
    public void LookingChangesNothing()
    {
        var files = new MemoryFileSystem();
        using var log = Frames.Open("log", Options, files);
        for (var i = 0; i < 30; i++) Frames.Append(log, new string(' ', 600));
        var before = files.Copy();
        var syncs = files.Syncs;
        WalReader.Open(files, "log").Read(default, new Frames());
        Assert.Equal(before.Names, files.Names);
        foreach (var name in files.Names) Assert.Equal(before[name], files[name]);
        Assert.Equal(syncs, files.Syncs);
    }

    [Fact]
    public void MissingDirectoryIsNotFound()
    {
        using var directory = new TempFolder();
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => WalReader.Open(LocalFileSystem.Instance, Path.Combine(directory.Path, "none"))).Kind);
    }
}
