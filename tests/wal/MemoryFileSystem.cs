using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>Files in memory that can lose what was not synced, fail on demand, and fill up.</summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Dictionary<string, Node> nodes = [];

    internal long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>The n-th call from now on fails; 0 for none.</summary>
    internal int FailCallIn { get; set; }

    internal ErrorKind FailKind { get; set; } = ErrorKind.Unavailable;

    internal bool FailSyncs { get; set; }

    /// <summary>Overwriting fails with this.</summary>
    internal ErrorKind? FailWrites { get; set; }

    internal int Calls { get; private set; }

    internal int Syncs { get; private set; }

    /// <summary>Mappings that have not been disposed.</summary>
    internal int Mapped { get; private set; }

    /// <summary>Mappings whose memory was given back.</summary>
    internal int Releases { get; private set; }

    internal List<string> Deleted { get; } = [];

    internal List<(string From, string To)> Renamed { get; } = [];

    internal byte[] this[string name]
    {
        get => nodes[name].Memory;
        set => nodes[name] = new() { Memory = value, Disk = [.. value] };
    }

    internal IEnumerable<string> Names => nodes.Keys.Order(StringComparer.Ordinal);

    internal long UsedBytes => nodes.Values.Sum(n => (long)n.Memory.Length);

    /// <summary>The files as they are, for another life.</summary>
    internal MemoryFileSystem Copy()
    {
        var copy = new MemoryFileSystem();
        foreach (var (name, node) in nodes) copy[name] = [.. node.Memory];
        return copy;
    }

    /// <summary>The files after a power cut: of what was not synced, each sector is there or not.</summary>
    internal MemoryFileSystem AfterPowerCut(Random random)
    {
        var after = new MemoryFileSystem();
        foreach (var (name, node) in nodes)
        {
            var bytes = (byte[])node.Disk.Clone();
            // Now and then all, or nothing, or some of it.
            var kept = random.Next(4) switch { 0 => 0, 1 => 100, _ => random.Next(100) };
            for (var at = 0; at < bytes.Length; at += IFileSystem.SectorBytes)
            {
                if (random.Next(100) >= kept) continue;
                var length = Math.Min(IFileSystem.SectorBytes, bytes.Length - at);
                node.Memory.AsSpan(at, length).CopyTo(bytes.AsSpan(at));
            }
            after[name] = bytes;
        }
        return after;
    }

    internal void Remove(string name) => nodes.Remove(name);

    internal void Move(string from, string to)
    {
        nodes[to] = nodes[from];
        nodes.Remove(from);
    }

    public void CreateDirectory(string path) => Call();

    public IReadOnlyList<string> ListFiles(string directory)
    {
        Call();
        return [.. Names];
    }

    public IReadOnlyList<string> ListDirectories(string directory) => [];

    public bool Exists(string path)
    {
        Call();
        return nodes.ContainsKey(Name(path));
    }

    public INewFile NewFile(string path, long bytes)
    {
        Call();
        return new NewMemoryFile(this, Name(path), bytes);
    }

    public IMappedFile Map(string path)
    {
        Call();
        var mapping = new Mapping(this, path, Find(path));
        Mapped++;
        return mapping;
    }

    public IFileWriter OpenWriter(string path)
    {
        Call();
        return new Writer(this, path, Find(path));
    }

    public void Rename(string from, string to)
    {
        Call();
        Find(from);
        Move(Name(from), Name(to));
        Renamed.Add((Name(from), Name(to)));
    }

    public bool Delete(string path)
    {
        Call();
        if (!nodes.Remove(Name(path))) return false;
        Deleted.Add(Name(path));
        return true;
    }

    public byte[] Read(string path, int maxBytes) => throw new NotSupportedException();

    public void Write(string path, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public IDisposable Lock(string path) => throw new NotSupportedException();

    private static string Name(string path) => Path.GetFileName(path);

    private Node Find(string path) => nodes.TryGetValue(Name(path), out var node) ? node : throw new EngineException(ErrorKind.NotFound, $"{path} is not there");

    private void Call()
    {
        Calls++;
        if (FailCallIn > 0 && --FailCallIn == 0) throw new EngineException(FailKind, "made to fail");
    }

    private sealed class Node
    {
        internal required byte[] Memory { get; init; }

        internal required byte[] Disk { get; init; }
    }

    private sealed class NewMemoryFile(MemoryFileSystem files, string name, long bytes) : INewFile
    {
        private long written;

        public bool Advance(int maxBytes)
        {
            files.Call();
            written = Math.Min(bytes, written + maxBytes);
            if (files.UsedBytes + written > files.CapacityBytes) throw new EngineException(ErrorKind.Full, $"{name}: no space left");
            if (written < bytes) return false;
            files[name] = new byte[bytes];
            return true;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Mapping(MemoryFileSystem files, string path, Node node) : IMappedFile
    {
        public string Path => path;

        public int Length => node.Memory.Length;

        public ReadOnlySpan<byte> Bytes => node.Memory;

        public void Release(int from, int length)
        {
            Assert.True(from >= 0 && from + length <= Length);
            files.Releases++;
        }

        public void Dispose() => files.Mapped--;
    }

    private sealed class Writer(MemoryFileSystem files, string path, Node node) : IFileWriter
    {
        private readonly Lock gate = new();
        private int dirtyFrom = int.MaxValue;
        private int dirtyTo;

        public long Length => node.Memory.Length;

        public void Write(long at, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
        {
            if (files.FailWrites is { } kind) throw new EngineException(kind, $"{path} cannot be written: made to fail");
            var from = (int)at;
            head.CopyTo(node.Memory.AsSpan(from));
            body.CopyTo(node.Memory.AsSpan(from + head.Length));
            tail.CopyTo(node.Memory.AsSpan(from + head.Length + body.Length));
            lock (gate) (dirtyFrom, dirtyTo) = (Math.Min(dirtyFrom, from), Math.Max(dirtyTo, from + head.Length + body.Length + tail.Length));
        }

        public void Sync()
        {
            files.Call();
            files.Syncs++;
            if (files.FailSyncs) throw new EngineException(ErrorKind.Fatal, $"{path} cannot be synced: made to fail");
            lock (gate)
            {
                if (dirtyTo == 0) return;
                var from = dirtyFrom / IFileSystem.SectorBytes * IFileSystem.SectorBytes;
                var end = Math.Min(node.Memory.Length, dirtyTo + IFileSystem.SectorBytes);
                node.Memory.AsSpan(from, end - from).CopyTo(node.Disk.AsSpan(from));
                (dirtyFrom, dirtyTo) = (int.MaxValue, 0);
            }
        }

        public void Dispose()
        {
        }
    }
}
