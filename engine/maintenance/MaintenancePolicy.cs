namespace K2I.Maintenance;

/// <summary>How a table is kept in shape. A part that is null is not done. Values are checked by whoever reads them.</summary>
public sealed record MaintenancePolicy
{
    public CompactionPolicy? Compaction { get; init; } = new();

    public ExpiryPolicy? Expiry { get; init; } = new();

    public OrphanPolicy? Orphans { get; init; } = new();

    public ManifestPolicy? Manifests { get; init; } = new();

    public StatisticsPolicy? Statistics { get; init; } = new();

    public RetentionPolicy? Retention { get; init; }

    /// <summary>The same, for jobs that have so much memory.</summary>
    public MaintenancePolicy Within(long memoryBytes) =>
        this with { Compaction = Compaction is { } rules ? rules with { MostKeyBytes = memoryBytes / 4 } : null };
}
