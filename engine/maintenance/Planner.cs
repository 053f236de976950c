using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says which jobs a table needs now, each with its reason. Pure: the same answer for the same question.</summary>
public static class Planner
{
    /// <summary>Jobs in the order they are best done in: what makes others smaller or needless comes first.</summary>
    /// <param name="state">The table.</param>
    /// <param name="policy">How it is to be kept.</param>
    /// <param name="inUse">Snapshots that stay.</param>
    /// <param name="nowMs">Unix time.</param>
    /// <param name="quarantine">
    /// What was found of orphans before; null: they are removed when first found, where the policy says so.
    /// </param>
    public static ImmutableArray<JobPlan> Plan(
        TableInventory state, MaintenancePolicy policy, ImmutableHashSet<SnapshotId> inUse, long nowMs,
        IOrphanQuarantine? quarantine = null)
    {
        var table = state.Table.Metadata;
        JobPlan?[] before = [policy.Retention is { } retention
            ? RetentionPlanner.Plan(table, retention, state.Files.Select(f => f.Data.File), nowMs) : null];
        JobPlan?[] after =
        [
            policy.Manifests is { } manifests ? ManifestPlanner.Plan(table, state.Manifests, manifests) : null,
            policy.Expiry is { } expiry ? ExpiryPlanner.Plan(table, expiry, inUse, nowMs) : null,
            policy.Statistics is { } statistics ? StatisticsPlanner.Plan(table, statistics) : null,
            policy.Orphans is { } orphans ? OrphanPlanner.Plan(table, orphans, quarantine) : null,
        ];
        return [.. before.OfType<JobPlan>(), .. CompactionPlanner.Plan(state, policy, nowMs), .. after.OfType<JobPlan>()];
    }
}
