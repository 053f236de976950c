using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Objects that lie in a local folder under locations they had elsewhere; read only.</summary>
internal sealed class MovedStore(string was, string folder) : IObjectStore
{
    private readonly LocalStore store = new(folder);

    public byte[] Read(string location) => store.Read(Moved(location));

    public IObjectReader Open(string location, long? length = null) => store.Open(Moved(location), length);

    public bool Exists(string location) => store.Exists(Moved(location));

    public long Length(string location) => store.Length(Moved(location));

    public IEnumerable<ObjectInfo> List(string prefix) => throw new NotSupportedException();

    public IEnumerable<string> ListFolders(string folder) => throw new NotSupportedException();

    public IObjectWriter Create(string location) => throw new NotSupportedException();

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public void Put(string location, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public bool Delete(string location) => throw new NotSupportedException();

    private string Moved(string location)
    {
        Assert.StartsWith(was, location[location.IndexOf("://", StringComparison.Ordinal)..], StringComparison.Ordinal);
        return "file://" + folder + location[(location.IndexOf("://", StringComparison.Ordinal) + was.Length)..];
    }
}
