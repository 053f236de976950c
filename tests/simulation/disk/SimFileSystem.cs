using K2I.Base;
using K2I.Memory;

namespace K2I.Simulation.Tests;

/// <summary>A disk as one process sees it: every call lets others run, may take its time, and may fail.</summary>
public sealed class SimFileSystem(SimDisk disk, Scheduler scheduler) : IFileSystem
{
    private readonly object holder = new();

    internal SimDisk Disk => disk;

    public void CreateDirectory(string path)
    {
        Enter("mkdir", path);
        disk.AddDirectory(path);
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        Enter("list", directory);
        if (!disk.HasDirectory(directory)) throw SimDisk.Missing(directory);
        return [.. disk.Names.Where(n => Path.GetDirectoryName(n) == directory).Select(n => Path.GetFileName(n)).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> ListDirectories(string directory)
    {
        Enter("list directories", directory);
        return [.. disk.Directories.Where(n => Path.GetDirectoryName(n) == directory).Select(n => Path.GetFileName(n))
            .Order(StringComparer.Ordinal)];
    }

    public bool Exists(string path)
    {
        Enter("exists", path, mayFail: false);
        return disk.Find(path) is not null;
    }

    public INewFile NewFile(string path, long bytes)
    {
        Enter("new file", path);
        return new SimNewFile(this, path, bytes);
    }

    public IMappedFile Map(string path)
    {
        Enter("map", path);
        return new SimMappedFile(path, disk.Find(path) ?? throw SimDisk.Missing(path));
    }

    public IFileWriter OpenWriter(string path)
    {
        Enter("open", path);
        return new SimFileWriter(this, path, disk.Find(path) ?? throw SimDisk.Missing(path));
    }

    public void Rename(string from, string to)
    {
        Enter("rename", $"{from} to {Path.GetFileName(to)}");
        if (disk.Find(from) is null) throw SimDisk.Missing(from);
        disk.Move(from, to);
    }

    public bool Delete(string path)
    {
        Enter("delete", path);
        return disk.Remove(path);
    }

    public byte[] Read(string path, int maxBytes)
    {
        Enter("read", path);
        var file = disk.Find(path) ?? throw SimDisk.Missing(path);
        if (file.Length > maxBytes) throw new EngineException(ErrorKind.Invalid, $"{path} is too long");
        return [.. file.Seen];
    }

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        Enter("write", path);
        if (!disk.HasDirectory(Path.GetDirectoryName(path)!)) throw SimDisk.Missing(path);
        Reserve(path, copy.Length - (disk.Find(path)?.Length ?? 0));
        disk.Set(path, new(copy, [.. copy]));
    }

    public IDisposable Lock(string path)
    {
        Enter("lock", path);
        if (!disk.TryLock(path, holder)) throw new EngineException(ErrorKind.Conflict, $"{path} is held by another process");
        return new Held(() => disk.Unlock(path, holder));
    }

    internal void Enter(string call, string path, bool mayFail = true)
    {
        var text = $"disk {call} {path}";
        scheduler.Enter(text);
        if (disk.Faults.SlowMs > 0) scheduler.Sleep(disk.Dice.Below(disk.Faults.SlowMs + 1));
        if (!mayFail) return;
        if (disk.Faults.Script?.Invoke(text) is { } scripted) throw Failing(text, scripted);
        if (disk.Dice.Chance(disk.Faults.Unavailable)) throw Failing(text, new EngineException(ErrorKind.Unavailable, $"{path}: input/output error"));
    }

    internal Exception Failing(string call, Exception error)
    {
        scheduler.Trace.Add(scheduler.NowMs, scheduler.CurrentThread, $"FAULT {call}: {error.Message}");
        if (error is EngineException { Kind: ErrorKind.Fatal }) disk.Faults.FailedSyncs++;
        return error;
    }

    internal void Reserve(string path, long bytes)
    {
        if (disk.UsedBytes + bytes > disk.Faults.CapacityBytes) throw Failing("write " + path, new EngineException(ErrorKind.Full, $"{path}: no space left"));
    }

    internal bool CallerIsDead => scheduler.CurrentProcess.Dead;

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
