using K2I.Base;

namespace K2I.Storage;

/// <summary>Objects (immutable byte strings) under locations (full URIs below one root). Any thread may call; calls block.</summary>
/// <remarks>
/// A location outside the store's root, or one that climbs (<c>..</c>), is refused as Invalid. Failures are <c>EngineException</c>s that name the
/// location: NotFound, Denied, Full, Unavailable (did not take effect, may later) and Unknown (a write may have taken effect: look before
/// repeating or undoing it).
/// </remarks>
public interface IObjectStore
{
    /// <summary>Starts an object. It becomes visible, whole and durable, when <see cref="IObjectWriter.Complete"/> returns; an object already there is replaced then.</summary>
    IObjectWriter Create(string location);

    /// <summary>Creates a small object unless one is there; false if one is. Of several callers racing for a location exactly one gets true.</summary>
    bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes);

    /// <summary>Creates or replaces a small object; readers see the old bytes or the new ones, never a mix.</summary>
    void Put(string location, ReadOnlySpan<byte> bytes);

    /// <summary>A whole small object.</summary>
    byte[] Read(string location);

    /// <summary>Some small objects, whole: so few that all are in memory at once. Null for one that is not there.</summary>
    IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations)
    {
        return [.. locations.Select(l => Exists(l) ? TryRead(l) : null)];

        byte[]? TryRead(string location)
        {
            try
            {
                return Read(location);
            }
            catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
            {
                // It was removed meanwhile.
                return null;
            }
        }
    }

    /// <summary>Opens an object for ranged reads.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="length">
    /// Its length, where that is known: a store need not ask then, and one that differs is found out as it is read.
    /// </param>
    IObjectReader Open(string location, long? length = null);

    bool Exists(string location);

    long Length(string location);

    /// <summary>Of some objects.</summary>
    IReadOnlyList<long> Lengths(IReadOnlyList<string> locations) => [.. locations.Select(Length)];

    /// <summary>Every object whose location starts with <paramref name="prefix"/>, at any depth, in no particular order, found while enumerating.</summary>
    IEnumerable<ObjectInfo> List(string prefix);

    /// <summary>Names of the folders directly below <paramref name="folder"/>: the next path part of every object further down. None if there is no such folder.</summary>
    IEnumerable<string> ListFolders(string folder);

    /// <summary>The first of some objects that is there; null if none is.</summary>
    string? FindFirst(IReadOnlyList<string> locations) => locations.FirstOrDefault(Exists);

    /// <summary>Removes an object; false if there was none.</summary>
    bool Delete(string location);

    /// <summary>Removes objects, those that were not there included.</summary>
    /// <returns>Those that are there still, or may be: what stood in the way of each.</returns>
    IReadOnlyDictionary<string, EngineException> DeleteAll(IReadOnlyCollection<string> locations)
    {
        var failed = new Dictionary<string, EngineException>(StringComparer.Ordinal);
        foreach (var location in locations)
        {
            try
            {
                _ = Delete(location);
            }
            catch (EngineException error)
            {
                failed[location] = error;
            }
        }
        return failed;
    }

    /// <summary>
    /// Objects below a prefix that someone began to write and neither completed nor gave up: under way, or left by a crash. No other
    /// listing shows them. None where a crash leaves nothing.
    /// </summary>
    IEnumerable<UnfinishedObject> ListUnfinished(string prefix) => [];

    /// <summary>
    /// Gives one up in its writer's place, who fails if still at it; false if it is over. An object that was completed stays.
    /// </summary>
    bool Abort(UnfinishedObject unfinished) => false;
}
