using K2I.Base;

namespace K2I.Storage;

/// <summary>
/// One store made of several, chosen by where a location lies: each has a root, and is made when something below it is first asked for.
/// What lies below none is refused. Roots are added before use; then any thread.
/// </summary>
public sealed class LocationStore : IObjectStore
{
    private readonly List<(string Root, Lazy<IObjectStore> Store)> places = [];

    /// <param name="root">In any of its spellings. Of several that hold a location the longest has it.</param>
    /// <param name="make">Makes the store below it; asked again where it throws.</param>
    public LocationStore Add(string root, Func<IObjectStore> make)
    {
        var canonical = Location.Canonical(Location.Normalize(root));
        var at = places.FindIndex(p => p.Root.Length < canonical.Length);
        places.Insert(at < 0 ? places.Count : at, (canonical, new(make, LazyThreadSafetyMode.PublicationOnly)));
        return this;
    }

    public IObjectWriter Create(string location) => For(location).Create(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => For(location).PutIfAbsent(location, bytes);

    public void Put(string location, ReadOnlySpan<byte> bytes) => For(location).Put(location, bytes);

    public byte[] Read(string location) => For(location).Read(location);

    public IObjectReader Open(string location, long? length = null) => For(location).Open(location, length);

    public bool Exists(string location) => For(location).Exists(location);

    public long Length(string location) => For(location).Length(location);

    public IEnumerable<ObjectInfo> List(string prefix) => For(prefix).List(prefix);

    public IEnumerable<string> ListFolders(string folder) => For(folder).ListFolders(folder);

    public bool Delete(string location) => For(location).Delete(location);

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => For(prefix).ListUnfinished(prefix);

    public bool Abort(UnfinishedObject unfinished) => For(unfinished.Location).Abort(unfinished);

    private IObjectStore For(string location)
    {
        var canonical = Location.Canonical(Location.Normalize(location));
        foreach (var (root, store) in places)
            if (Location.IsUnder(canonical, root)) return store.Value;
        throw new EngineException(ErrorKind.Invalid,
            $"{location} lies below none of the places that are configured: {string.Join(", ", places.Select(p => p.Root))}");
    }
}
