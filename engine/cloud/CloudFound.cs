namespace K2I.Cloud;

/// <summary>An object as its store tells of it.</summary>
/// <param name="Token">The mark that its writer left; null where there is none.</param>
internal readonly record struct CloudFound(long Length, string? Token);
