using System.Collections.Concurrent;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cli;

/// <summary>Files to be read wherever they lie: any local folder, any bucket that there is a store for. Nothing is written.</summary>
/// <param name="storeAt">The store for a local folder that exists, or a bucket.</param>
internal sealed class AnywhereStore(Func<string, IObjectStore> storeAt) : IObjectStore
{
    private readonly ConcurrentDictionary<string, IObjectStore> stores = new(StringComparer.Ordinal);

    public IObjectWriter Create(string location) => throw ReadOnly(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => throw ReadOnly(location);

    public void Put(string location, ReadOnlySpan<byte> bytes) => throw ReadOnly(location);

    public byte[] Read(string location) => Need(location).Read(location);

    public IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.ReadAll(locations) : [.. locations.Select(l => Find(l)?.ReadAll([l])[0])];

    public IObjectReader Open(string location, long? length = null) => Need(location).Open(location, length);

    public bool Exists(string location) => Find(location)?.Exists(location) ?? false;

    public long Length(string location) => Need(location).Length(location);

    public IReadOnlyList<long> Lengths(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.Lengths(locations) : [.. locations.Select(Length)];

    public IEnumerable<ObjectInfo> List(string prefix) => Find(prefix)?.List(prefix) ?? [];

    public IEnumerable<string> ListFolders(string folder) => Find(folder)?.ListFolders(folder) ?? [];

    public string? FindFirst(IReadOnlyList<string> locations) =>
        OnlyOne(locations) is { } one ? one.FindFirst(locations) : locations.FirstOrDefault(Exists);

    public bool Delete(string location) => throw ReadOnly(location);

    private static EngineException ReadOnly(string location) =>
        new(ErrorKind.Unsupported, $"{location}: a table without a catalog is only read");

    private IObjectStore Need(string location) => Find(location)
        ?? throw new EngineException(ErrorKind.NotFound, $"{location} does not exist");

    /// <summary>The store that has all of them, which may ask for many at a time; null where it is not one.</summary>
    private IObjectStore? OnlyOne(IReadOnlyList<string> locations) =>
        locations.Select(Find).Distinct().Take(2).ToList() is [{ } one] ? one : null;

    /// <summary>The store of a location; null if not even its folder is there: a local store would make it.</summary>
    private IObjectStore? Find(string location) => RootOf(location) is { } root ? stores.GetOrAdd(root, storeAt) : null;

    private static string? RootOf(string location)
    {
        if (Location.SchemeOf(location) != "file")
        {
            var host = location.IndexOf("://", StringComparison.Ordinal) + 3;
            return location.IndexOf('/', host) is > 0 and var end ? location[..end] : location;
        }
        var folder = Path.GetDirectoryName(Location.LocalPath(location));
        return Path.GetDirectoryName(folder) is not null && Directory.Exists(folder) ? "file://" + folder : null;
    }
}
