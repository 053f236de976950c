using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A file that is overwritten: what is written is seen by everyone at once, and on disk after a sync or by chance.</summary>
internal sealed class SimFileWriter(SimFileSystem files, string path, SimFile file) : IFileWriter
{
    // A process that was killed goes on writing here while it unwinds, and nobody sees it.
    private readonly byte[] bytes = file.Seen;
    private int dirtyFrom = int.MaxValue;
    private int dirtyTo;
    private bool disposed;

    public long Length => bytes.Length;

    // No other thread runs meanwhile: the log writes under a lock.
    public void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        var length = head.Length + body.Length + tail.Length;
        Check.That(!disposed && at >= 0 && at + length <= bytes.Length);
        var from = (int)at;
        head.CopyTo(bytes.AsSpan(from));
        body.CopyTo(bytes.AsSpan(from + head.Length));
        tail.CopyTo(bytes.AsSpan(from + head.Length + body.Length));
        dirtyFrom = Math.Min(dirtyFrom, from);
        dirtyTo = Math.Max(dirtyTo, from + length);
    }

    public void Sync()
    {
        Check.That(!disposed);
        var start = Math.Min(dirtyFrom, dirtyTo) / IFileSystem.SectorBytes * IFileSystem.SectorBytes;
        var wanted = bytes.AsSpan(start, dirtyTo - start).ToArray();
        (dirtyFrom, dirtyTo) = (int.MaxValue, 0);
        files.Enter("sync", $"{path} {start}+{wanted.Length}", mayFail: false);
        var faults = files.Disk.Faults;
        if (faults.Script?.Invoke($"disk sync {path}") is not null || files.Disk.Dice.Chance(faults.FailingSync))
            throw files.Failing($"sync {path}", new EngineException(ErrorKind.Fatal, $"{path} cannot be synced: input/output error"));
        wanted.CopyTo(file.Durable.AsSpan(start));
    }

    public void Dispose() => disposed = true;
}
