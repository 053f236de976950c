using K2I.Base;

namespace K2I.Storage;

/// <summary>
/// One store made of several, chosen by where a location lies: each has a root, and is made when something below it is first asked for.
/// What lies below none is refused. Roots are added before use; then any thread.
/// </summary>
public sealed class LocationStore : RoutedStore
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

    private protected override IObjectStore For(string location)
    {
        var canonical = Location.Canonical(Location.Normalize(location));
        foreach (var (root, store) in places)
            if (Location.IsUnder(canonical, root)) return store.Value;
        throw new EngineException(ErrorKind.Invalid,
            $"{location} lies below none of the places that are configured: {string.Join(", ", places.Select(p => p.Root))}");
    }
}
