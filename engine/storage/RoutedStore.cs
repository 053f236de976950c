using K2I.Base;

namespace K2I.Storage;

/// <summary>One store made of others: each call goes to the one that a location belongs to. Any thread.</summary>
public abstract class RoutedStore : IObjectStore
{
    public IObjectWriter Create(string location) => For(location).Create(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => For(location).PutIfAbsent(location, bytes);

    public void Put(string location, ReadOnlySpan<byte> bytes) => For(location).Put(location, bytes);

    public byte[] Read(string location) => For(location).Read(location);

    public IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.ReadAll(locations) : [.. locations.Select(l => For(l).ReadAll([l])[0])];

    public IObjectReader Open(string location, long? length = null) => For(location).Open(location, length);

    public bool Exists(string location) => For(location).Exists(location);

    public long Length(string location) => For(location).Length(location);

    public IReadOnlyList<long> Lengths(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.Lengths(locations) : [.. locations.Select(Length)];

    public IEnumerable<ObjectInfo> List(string prefix) => For(prefix).List(prefix);

    public IEnumerable<string> ListFolders(string folder) => For(folder).ListFolders(folder);

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => For(prefix).ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished) => For(unfinished.Location).Abort(unfinished);

    public string? FindFirst(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.FindFirst(locations) : locations.FirstOrDefault(Exists);

    public bool Delete(string location) => For(location).Delete(location);

    public IReadOnlyDictionary<string, EngineException> DeleteAll(IReadOnlyCollection<string> locations)
    {
        var failed = new Dictionary<string, EngineException>(StringComparer.Ordinal);
        var byStore = new Dictionary<IObjectStore, List<string>>();
        foreach (var location in locations)
        {
            try
            {
                var store = For(location);
                if (!byStore.TryGetValue(store, out var its)) byStore[store] = its = [];
                its.Add(location);
            }
            catch (EngineException error)
            {
                failed[location] = error;
            }
        }
        foreach (var (store, its) in byStore)
            foreach (var (location, error) in store.DeleteAll(its)) failed[location] = error;
        return failed;
    }

    /// <summary>The store that all of them belong to; null where they belong to several.</summary>
    private IObjectStore? OnlyOne(IReadOnlyList<string> locations) =>
        locations.Select(For).Distinct().Take(2).ToList() is [var one] ? one : null;

    /// <summary>The store of a location; throws where there is none.</summary>
    private protected abstract IObjectStore For(string location);
}
