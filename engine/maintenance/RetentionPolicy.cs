namespace K2I.Maintenance;

/// <summary>How long rows are kept. Rows without a time are kept for ever.</summary>
/// <param name="Column">A column of times or dates, by its path.</param>
/// <param name="KeepMs">Rows older than that go.</param>
public sealed record RetentionPolicy(string Column, long KeepMs);
