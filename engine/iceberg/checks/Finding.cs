namespace K2I.Iceberg;

/// <summary>Something about a table that is not as it should be.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Rule">The rule's name, for filtering; stable.</param>
/// <param name="Path">The file it was found in.</param>
/// <param name="Message">What is wrong.</param>
public sealed record Finding(Severity Severity, string Rule, string Path, string Message);
