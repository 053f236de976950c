using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>An object store as engines reach it: over a network that loses answers and delays calls. What lies in it is watched.</summary>
internal sealed class SimStore(MemoryStore inner, FaultyCalls calls, TableWatch watch) : IObjectStore
{
    public IObjectWriter Create(string location)
    {
        calls.Read($"store create {location}");
        return new Writer(this, location);
    }

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        return calls.Change($"store put-if-absent {location}", () =>
        {
            if (!inner.PutIfAbsent(location, copy)) return false;
            watch.OnObject(location, copy);
            return true;
        });
    }

    public void Put(string location, ReadOnlySpan<byte> bytes) => PutWhole($"store put {location}", location, bytes.ToArray());

    public byte[] Read(string location)
    {
        calls.Read($"store read {location}");
        return inner.Read(location);
    }

    public IObjectReader Open(string location, long? length = null)
    {
        calls.Read($"store open {location}");
        return new Reader(inner.Open(location), calls);
    }

    public bool Exists(string location)
    {
        calls.Read($"store exists {location}");
        return inner.Exists(location);
    }

    public long Length(string location)
    {
        calls.Read($"store length {location}");
        return inner.Length(location);
    }

    public IEnumerable<ObjectInfo> List(string prefix)
    {
        calls.Read($"store list {prefix}");
        return inner.List(prefix);
    }

    public IEnumerable<string> ListFolders(string folder)
    {
        calls.Read($"store folders {folder}");
        return inner.ListFolders(folder);
    }

    public bool Delete(string location) => calls.Change($"store delete {location}", () =>
    {
        watch.OnDelete(location);
        return inner.Delete(location);
    });

    private void PutWhole(string call, string location, byte[] bytes) => calls.Change(call, () =>
    {
        watch.OnOverwrite(location, bytes);
        inner.Put(location, bytes);
        return true;
    });

    private sealed class Writer(SimStore store, string location) : IObjectWriter
    {
        private readonly MemoryStream bytes = new();

        public string Location => location;

        public long Length => bytes.Length;

        public void Write(ReadOnlySpan<byte> part)
        {
            // Small parts are buffered by a client; only some of them go out.
            var before = bytes.Length >> 14;
            bytes.Write(part);
            if (bytes.Length >> 14 != before) store.Sent(location);
        }

        public void Complete() => store.PutWhole($"store complete {location}", location, bytes.ToArray());

        public void Dispose() => bytes.Dispose();
    }

    private void Sent(string location) => calls.Read($"store write {location}");

    private sealed class Reader(IObjectReader reader, FaultyCalls calls) : IObjectReader
    {
        public string Location => reader.Location;

        public long Length => reader.Length;

        public void ReadAt(long offset, Span<byte> into)
        {
            calls.Read($"store read-at {Location}");
            reader.ReadAt(offset, into);
        }

        public void Dispose() => reader.Dispose();
    }
}
