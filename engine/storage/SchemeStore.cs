using K2I.Base;

namespace K2I.Storage;

/// <summary>One store made of several, chosen by the scheme of each location (<c>file</c>, <c>s3</c>, …). The stores are set up once, before use.</summary>
public sealed class SchemeStore : IObjectStore
{
    private readonly Dictionary<string, IObjectStore> stores = new(StringComparer.Ordinal);

    public SchemeStore Add(string scheme, IObjectStore store)
    {
        stores.Add(scheme, store);
        return this;
    }

    public IObjectWriter Create(string location) => For(location).Create(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => For(location).PutIfAbsent(location, bytes);

    public void Put(string location, ReadOnlySpan<byte> bytes) => For(location).Put(location, bytes);

    public byte[] Read(string location) => For(location).Read(location);

    public IObjectReader Open(string location) => For(location).Open(location);

    public bool Exists(string location) => For(location).Exists(location);

    public long Length(string location) => For(location).Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => For(prefix).List(prefix);

    public IEnumerable<string> ListFolders(string folder) => For(folder).ListFolders(folder);

    public bool Delete(string location) => For(location).Delete(location);

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => For(prefix).ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished) => For(unfinished.Location).Abort(unfinished);

    private IObjectStore For(string location)
    {
        var scheme = Location.SchemeOf(location);
        return stores.TryGetValue(scheme, out var store)
            ? store
            : throw new EngineException(ErrorKind.Unsupported, $"{location}: no store for '{scheme}' ({string.Join(", ", stores.Keys)} are configured)");
    }
}
