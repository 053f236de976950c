using K2I.Base;

namespace K2I.Storage;

/// <summary>Objects in memory, for tests and simulation. Keeps the whole contract, racing callers included.</summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (byte[] Bytes, long ModifiedMs)> objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Writer> writers = new(StringComparer.Ordinal);
    private readonly IClock clock;
    private long nextId;

    public MemoryStore(string root = "memory://store", IClock? clock = null)
    {
        Root = Location.Normalize(root);
        this.clock = clock ?? SystemClock.Instance;
    }

    public string Root { get; }

    public IObjectWriter Create(string location)
    {
        Require(location);
        lock (gate)
        {
            var writer = new Writer(this, location, $"{nextId++}", clock.UnixMs);
            writers.Add(writer.Id, writer);
            return writer;
        }
    }

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        Require(location);
        lock (gate) return objects.TryAdd(location, (bytes.ToArray(), clock.UnixMs));
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        Require(location);
        lock (gate) objects[location] = (bytes.ToArray(), clock.UnixMs);
    }

    public byte[] Read(string location) => (byte[])Bytes(location).Clone();

    public IObjectReader Open(string location, long? length = null) => new Reader(location, Bytes(location));

    public bool Exists(string location)
    {
        Require(location);
        lock (gate) return objects.ContainsKey(location);
    }

    public long Length(string location) => Bytes(location).Length;

    public IEnumerable<ObjectInfo> List(string prefix)
    {
        RequireFolder(prefix);
        lock (gate)
        {
            return objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(o => new ObjectInfo(o.Key, o.Value.Bytes.Length, o.Value.ModifiedMs)).ToArray();
        }
    }

    public IEnumerable<string> ListFolders(string folder)
    {
        RequireFolder(folder);
        var prefix = folder.EndsWith('/') ? folder : folder + "/";
        lock (gate)
        {
            return objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && k.IndexOf('/', prefix.Length) > 0)
                .Select(k => k[prefix.Length..k.IndexOf('/', prefix.Length)]).Distinct().ToArray();
        }
    }

    public bool Delete(string location)
    {
        Require(location);
        lock (gate) return objects.Remove(location);
    }

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix)
    {
        RequireFolder(prefix);
        lock (gate)
        {
            return writers.Values.Where(w => w.Location.StartsWith(prefix, StringComparison.Ordinal))
                .Select(w => new UnfinishedObject(w.Location, w.Id, w.Length, w.SinceMs)).ToArray();
        }
    }

    public bool Abort(UnfinishedObject unfinished)
    {
        Require(unfinished.Location);
        lock (gate) return writers.Remove(unfinished.Id);
    }

    private byte[] Bytes(string location)
    {
        Require(location);
        lock (gate) return objects.TryGetValue(location, out var found) ? found.Bytes : throw new EngineException(ErrorKind.NotFound, $"{location} does not exist");
    }

    private void Require(string location)
    {
        RequireFolder(location);
        if (location.Length <= Root.Length + 1 || location.EndsWith('/')) throw new EngineException(ErrorKind.Invalid, $"{location} is not an object");
    }

    private void RequireFolder(string location)
    {
        if (!Location.IsUnder(location, Root)) throw new EngineException(ErrorKind.Invalid, $"{location} does not lie below {Root}");
    }

    private sealed class Writer(MemoryStore store, string location, string id, long sinceMs) : IObjectWriter
    {
        private readonly MemoryStream bytes = new();

        public string Location => location;

        public string Id => id;

        public long SinceMs => sinceMs;

        public long Length { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            this.bytes.Write(bytes);
            Length = this.bytes.Length;
        }

        public void Complete()
        {
            lock (store.gate)
            {
                if (!store.writers.Remove(id)) throw new EngineException(ErrorKind.Unavailable, $"{location}: given up by someone else");
                store.Put(location, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            }
        }

        public void Dispose()
        {
            lock (store.gate) store.writers.Remove(id);
            bytes.Dispose();
        }
    }

    private sealed class Reader(string location, byte[] bytes) : IObjectReader
    {
        public string Location => location;

        public long Length => bytes.Length;

        public void ReadAt(long offset, Span<byte> into)
        {
            if (offset < 0 || offset > bytes.Length - into.Length)
                throw new EngineException(ErrorKind.Corrupt, $"{location} has {bytes.Length} bytes; bytes {offset} to {offset + into.Length} were asked for");
            bytes.AsSpan((int)offset, into.Length).CopyTo(into);
        }

        public void Dispose()
        {
        }
    }
}
