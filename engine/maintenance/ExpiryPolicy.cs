namespace K2I.Maintenance;

/// <summary>Which snapshots are kept.</summary>
public sealed record ExpiryPolicy;
