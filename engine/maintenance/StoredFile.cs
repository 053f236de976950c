namespace K2I.Maintenance;

/// <summary>A file to be removed.</summary>
/// <param name="Location">Where it lies.</param>
/// <param name="Bytes">Its length; 0 where that is not known.</param>
public readonly record struct StoredFile(string Location, long Bytes);
