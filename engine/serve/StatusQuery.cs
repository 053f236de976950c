namespace K2I.Serve;

/// <summary>What of the status is asked for: <c>/status?table=NAME&amp;unhealthy</c>.</summary>
/// <param name="Table">Only this table; null for all.</param>
/// <param name="Unhealthy">Only tables that ask for a person.</param>
public sealed record StatusQuery(string? Table, bool Unhealthy);
