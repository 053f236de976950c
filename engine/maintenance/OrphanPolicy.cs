namespace K2I.Maintenance;

/// <summary>What becomes of files that the table does not name.</summary>
public sealed record OrphanPolicy;
