namespace K2I.Columns;

/// <summary>A name that no column may have, in whatever case.</summary>
/// <param name="Name">As full names are written: a dot before what is inside.</param>
/// <param name="By">What has the name, in words: <c>a partition field</c>.</param>
/// <param name="Except">The full name of the one column that may have it all the same; null for none.</param>
public readonly record struct ReservedName(string Name, string By, string? Except = null);
