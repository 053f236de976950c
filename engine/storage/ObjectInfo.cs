namespace K2I.Storage;

/// <summary>One object as a listing shows it. Times are milliseconds since 1970-01-01T00:00:00Z.</summary>
public readonly record struct ObjectInfo(string Location, long Length, long LastModifiedMs);
