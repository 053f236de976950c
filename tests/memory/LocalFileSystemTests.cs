using System.Diagnostics;
using K2I.Base;

namespace K2I.Memory.Tests;

/// <summary>What the seam promises, kept by the real file system.</summary>
public sealed class LocalFileSystemTests : IDisposable
{
    private readonly LocalFileSystem files = LocalFileSystem.Instance;
    private readonly string root = Path.Combine(Path.GetTempPath(), $"k2i-files-{Guid.NewGuid():N}");

    public LocalFileSystemTests() => files.CreateDirectory(root);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void DirectoriesAreMadeWithThoseAboveThem()
    {
        var deep = At("a/b/c");
        files.CreateDirectory(deep);
        files.CreateDirectory(deep);
        Assert.True(Directory.Exists(deep));
        Assert.Empty(files.ListFiles(deep));
    }

    [Fact]
    public void DirectoryWhereAFileIsSaysSo()
    {
        files.Write(At("file"), "x"u8);
        Assert.Throws<EngineException>(() => files.CreateDirectory(At("file/below")));
    }

    [Fact]
    public void MissingThingsAreNotFound()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => files.ListFiles(At("none"))).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => files.Read(At("none"), 10)).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => files.Map(At("none"))).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => files.Rename(At("none"), At("other"))).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => files.Write(At("none/file"), "x"u8)).Kind);
        Assert.False(files.Exists(At("none")));
        Assert.False(files.Delete(At("none")));
    }

    [Fact]
    public void NewFileHasItsNameOnlyWhenItIsWhole()
    {
        var path = At("log");
        using var file = files.NewFile(path, 10_000);
        Assert.False(file.Advance(4_096));
        Assert.False(files.Exists(path));
        Assert.False(file.Advance(4_096));
        Assert.True(file.Advance(4_096));
        Assert.Equal(new byte[10_000], files.Read(path, 10_000));
        Assert.Equal(["log"], files.ListFiles(root));
    }

    [Fact]
    public void NewFileGivenUpLeavesNothing()
    {
        using (var file = files.NewFile(At("log"), 10_000)) file.Advance(4_096);
        Assert.Empty(files.ListFiles(root));
    }

    [Fact]
    public void NewFileIsNeverSparse()
    {
        using (var file = files.NewFile(At("log"), 1 << 20)) Assert.True(file.Advance(1 << 20));
        using var blocks = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", At("log")]) { RedirectStandardOutput = true })!;
        Assert.True(long.Parse(blocks.StandardOutput.ReadToEnd()) * 512 >= 1 << 20);
    }

    [Fact]
    public void MappingShowsWhatIsWritten()
    {
        Make("log", 3 * 4096);
        var before = MemoryLedger.Bytes(MemoryTag.Wal);
        using (var map = files.Map(At("log")))
        using (var writer = files.OpenWriter(At("log")))
        {
            Assert.Equal(3 * 4096, writer.Length);
            writer.Write(4998, [7, 8], [42], [9, 10, 11]);
            Assert.Equal([0, 7, 8, 42, 9, 10, 11, 0], map.Bytes[4997..5005].ToArray());
            map.Release(0, map.Length);
            writer.Sync();
            Assert.Equal([0, 7, 8, 42, 9, 10, 11, 0], map.Bytes[4997..5005].ToArray());
        }
        Assert.Equal(42, files.Read(At("log"), 1 << 20)[5000]);
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Wal));
    }

    [Fact]
    public void EmptyFileMapsToNothing()
    {
        files.Write(At("empty"), default);
        using var map = files.Map(At("empty"));
        Assert.Equal(0, map.Length);
        Assert.True(map.Bytes.IsEmpty);
    }

    [Fact]
    public void RangesOutsideAMappingAreRefused()
    {
        Make("log", 4096);
        using var map = files.Map(At("log"));
        Assert.Throws<InvalidOperationException>(() => map.Release(0, 4097));
        using var writer = files.OpenWriter(At("log"));
        Assert.Throws<InvalidOperationException>(() => writer.Write(-1, [1]));
        Assert.Throws<InvalidOperationException>(() => writer.Write(4094, [1], [2], [3]));
        writer.Write(4093, [1], [2], [3]);
        Assert.Equal(4096, writer.Length);
    }

    [Fact]
    public void SmallFilesAreReplacedWhole()
    {
        files.Write(At("state"), "first"u8);
        files.Write(At("state"), "2"u8);
        Assert.Equal("2"u8.ToArray(), files.Read(At("state"), 100));
        Assert.Equal(["state"], files.ListFiles(root));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => files.Read(At("state"), 0)).Kind);
    }

    [Fact]
    public void RenameReplacesAndDeleteRemoves()
    {
        files.Write(At("a"), "a"u8);
        files.Write(At("b"), "b"u8);
        files.Rename(At("a"), At("b"));
        Assert.Equal("a"u8.ToArray(), files.Read(At("b"), 100));
        Assert.True(files.Delete(At("b")));
        Assert.Empty(files.ListFiles(root));
    }

    [Fact]
    public void LockHasOneHolderAndNamesItsProcess()
    {
        using (files.Lock(At("lock")))
        {
            var error = Assert.Throws<EngineException>(() => files.Lock(At("lock")));
            Assert.Equal(ErrorKind.Conflict, error.Kind);
            Assert.Contains($"process {Environment.ProcessId}", error.Message);
        }
        files.Lock(At("lock")).Dispose();
    }

    [Fact]
    public void LockEndsWithItsProcess()
    {
        using var holder = Process.Start(new ProcessStartInfo("flock", ["-x", At("lock"), "sh", "-c", "echo held; exec sleep 60"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => files.Lock(At("lock"))).Kind);
        holder.Kill(entireProcessTree: true);
        holder.WaitForExit();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                files.Lock(At("lock")).Dispose();
                break;
            }
            catch (EngineException) when (attempt < 200)
            {
                Thread.Sleep(10);    // the kernel closes a killed process's files a moment after
            }
        }
    }

    [Fact]
    public void FullDiskLeavesNothingBehind()
    {
        // The one device that is always full.
        Assert.True(File.Exists("/dev/full"));
        File.CreateSymbolicLink(At("log.tmp"), "/dev/full");
        using var file = files.NewFile(At("log"), 4096);
        Assert.Equal(ErrorKind.Full, Assert.Throws<EngineException>(() => file.Advance(4096)).Kind);
        Assert.Empty(files.ListFiles(root));
    }

    private string At(string name) => Path.Combine(root, name);

    private void Make(string name, long bytes)
    {
        using var file = files.NewFile(At(name), bytes);
        Assert.True(file.Advance(int.MaxValue));
    }
}
