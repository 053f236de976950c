using K2I.Base;

namespace K2I.Storage;

/// <summary>
/// Files that lie elsewhere than what names them says: below one folder in place of another. Callers use the names as recorded, listings
/// included; nothing is written.
/// </summary>
/// <remarks>
/// Schemes are passed over where names are compared, so that <c>s3a://b/t</c> and <c>file:/t</c> are what <c>s3://b/t</c> and <c>/t</c>
/// are. A name without
/// scheme that does not lie below the recorded folder counts from its last <c>metadata</c> or <c>data</c> on, as names in sets made for
/// tests do.
/// </remarks>
/// <param name="inner">Holds the files.</param>
/// <param name="recorded">The folder by its recorded name, which may be relative.</param>
/// <param name="actual">Where it is.</param>
public sealed class MovedStore(IObjectStore inner, string recorded, string actual) : IObjectStore
{
    private static readonly string[] Folders = ["/metadata/", "/data/"];

    private readonly string recorded = recorded.TrimEnd('/');
    private readonly string key = Key(recorded.TrimEnd('/'));

    /// <summary>Where the file of a recorded name lies; one that has to do with neither folder keeps its name.</summary>
    public string Actual(string location)
    {
        var name = Key(location);
        if (Location.IsUnder(name, key)) return actual + name[key.Length..];
        if (name.Length != location.Length || name.StartsWith('/')) return location;
        var rooted = "/" + name;
        var at = Folders.Max(f => rooted.LastIndexOf(f, StringComparison.Ordinal));
        return at < 0 ? location : actual + rooted[at..];
    }

    /// <summary>The recorded name of a file that lies in the folder; any other keeps its name.</summary>
    public string Recorded(string location) => Location.IsUnder(location, actual) ? recorded + location[actual.Length..] : location;

    public IObjectWriter Create(string location) => throw ReadOnly(location);

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes) => throw ReadOnly(location);

    public void Put(string location, ReadOnlySpan<byte> bytes) => throw ReadOnly(location);

    public byte[] Read(string location) => inner.Read(Actual(location));

    public IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations) => inner.ReadAll([.. locations.Select(Actual)]);

    public IObjectReader Open(string location, long? length = null) => inner.Open(Actual(location), length);

    public bool Exists(string location) => inner.Exists(Actual(location));

    public long Length(string location) => inner.Length(Actual(location));

    public IReadOnlyList<long> Lengths(IReadOnlyList<string> locations) => inner.Lengths([.. locations.Select(Actual)]);

    public IEnumerable<ObjectInfo> List(string prefix) =>
        inner.List(Actual(prefix)).Select(f => f with { Location = Recorded(f.Location) });

    public IEnumerable<string> ListFolders(string folder) => inner.ListFolders(Actual(folder));

    public bool Delete(string location) => throw ReadOnly(location);

    private static EngineException ReadOnly(string location) =>
        new(ErrorKind.Unsupported, $"{location}: the files of a table that was moved are only read");

    /// <summary>The name without its scheme.</summary>
    private static string Key(string location)
    {
        var colon = location.IndexOf(":/", StringComparison.Ordinal);
        if (colon < 2) return location;
        if (location.StartsWith("file:", StringComparison.Ordinal)) return Location.LocalPath(location);
        return location[(colon + 1)..].TrimStart('/');
    }
}
