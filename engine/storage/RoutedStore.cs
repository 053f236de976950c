namespace K2I.Storage;

/// <summary>One store made of others: each call goes to the one that a location belongs to. Any thread.</summary>
public abstract class RoutedStore : IObjectStore
{
    public IObjectWriter Create(string location) => For(location).Create(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => For(location).PutIfAbsent(location, bytes);

    public void Put(string location, ReadOnlySpan<byte> bytes) => For(location).Put(location, bytes);

    public byte[] Read(string location) => For(location).Read(location);

    public IObjectReader Open(string location, long? length = null) => For(location).Open(location, length);

    public bool Exists(string location) => For(location).Exists(location);

    public long Length(string location) => For(location).Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => For(prefix).List(prefix);

    public IEnumerable<string> ListFolders(string folder) => For(folder).ListFolders(folder);

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => For(prefix).ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished) => For(unfinished.Location).Abort(unfinished);

    public bool Delete(string location) => For(location).Delete(location);

    /// <summary>The store of a location; throws where there is none.</summary>
    private protected abstract IObjectStore For(string location);
}
