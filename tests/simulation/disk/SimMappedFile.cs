using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A mapping: writes are seen by everyone at once, and on disk after a sync or by chance.</summary>
internal sealed class SimMappedFile(SimFileSystem files, string path, SimFile file, bool writable) : IMappedFile
{
    // A process that was killed goes on writing here while it unwinds, and nobody sees it.
    private readonly byte[] bytes = file.Seen;
    private bool disposed;

    public string Path => path;

    public int Length => bytes.Length;

    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            Check.That(!disposed);
            return bytes;
        }
    }

    public Span<byte> Writable
    {
        get
        {
            Check.That(!disposed && writable);
            return bytes;
        }
    }

    public void Sync(int from, int length)
    {
        Check.That(!disposed && from >= 0 && length >= 0 && length <= bytes.Length - from);
        var start = from / IFileSystem.SectorBytes * IFileSystem.SectorBytes;
        var wanted = bytes.AsSpan(start, from + length - start).ToArray();
        files.Enter("sync", $"{path} {from}+{length}", mayFail: false);
        var faults = files.Disk.Faults;
        if (faults.Script?.Invoke($"disk sync {path}") is not null || files.Disk.Dice.Chance(faults.FailingSync))
            throw files.Failing($"sync {path}", new EngineException(ErrorKind.Fatal, $"{path} cannot be synced: input/output error"));
        wanted.CopyTo(file.Durable.AsSpan(start));
    }

    public void Prefault(int from, int length)
    {
    }

    public void Release(int from, int length)
    {
    }

    public void Dispose() => disposed = true;
}
