namespace K2I.Storage;

/// <summary>An object that was begun, as its store shows it.</summary>
/// <param name="Location">Where the object would be.</param>
/// <param name="Id">The store's name for this beginning: several of one object may be there.</param>
/// <param name="Length">Bytes that it takes so far; 0 where that is not known.</param>
/// <param name="SinceMs">When it was begun or last written, in milliseconds since 1970-01-01T00:00:00Z.</param>
public readonly record struct UnfinishedObject(string Location, string Id, long Length, long SinceMs);
