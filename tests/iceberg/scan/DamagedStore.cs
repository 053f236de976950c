using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Another store's objects, some with a few bytes changed; read only.</summary>
internal sealed class DamagedStore(IObjectStore store, Random random, int percent) : IObjectStore
{
    public byte[] Read(string location) => Damage(store.Read(location));

    public IObjectReader Open(string location, long? length = null) => new Reader(location, Read(location));

    public bool Exists(string location) => store.Exists(location);

    public long Length(string location) => store.Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => throw new NotSupportedException();

    public IEnumerable<string> ListFolders(string folder) => throw new NotSupportedException();

    public IObjectWriter Create(string location) => throw new NotSupportedException();

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public void Put(string location, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public bool Delete(string location) => throw new NotSupportedException();

    private byte[] Damage(byte[] bytes)
    {
        if (random.Next(100) >= percent) return bytes;
        for (var changes = random.Next(1, 5); changes > 0; changes--)
            bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
        return bytes;
    }

    private sealed class Reader(string location, byte[] bytes) : IObjectReader
    {
        public string Location => location;

        public long Length => bytes.Length;

        public void ReadAt(long offset, Span<byte> into)
        {
            if (offset < 0 || offset > bytes.Length - into.Length) throw new EngineException(ErrorKind.Corrupt, $"{location} ends before");
            bytes.AsSpan((int)offset, into.Length).CopyTo(into);
        }

        public void Dispose()
        {
        }
    }
}
