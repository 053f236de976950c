namespace K2I.Maintenance;

/// <summary>Which statistics are kept up, and how often.</summary>
public sealed record StatisticsPolicy;
