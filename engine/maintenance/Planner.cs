using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says which jobs a table needs now, each with its reason. Pure: the same answer for the same question.</summary>
/// <param name="policy">How it is to be kept.</param>
/// <param name="inUse">Snapshots that stay.</param>
/// <param name="nowMs">Unix time.</param>
/// <param name="quarantine">
/// What was found of orphans before; null: they are removed when first found, where the policy says so.
/// </param>
public sealed class Planner(
    MaintenancePolicy policy, ImmutableHashSet<SnapshotId> inUse, long nowMs, IOrphanQuarantine? quarantine = null)
{
    /// <summary>Every kind, in the order that they are best done in: what makes others smaller or needless comes first.</summary>
    public static readonly ImmutableArray<JobKind> Kinds =
        [JobKind.Retention, JobKind.Compaction, JobKind.Manifests, JobKind.Expiry, JobKind.Statistics, JobKind.Orphans];

    /// <summary>Jobs of every kind.</summary>
    public ImmutableArray<JobPlan> Plan(TableInventory state) => [.. Kinds.SelectMany(k => Plan(k, state))];

    /// <summary>Those of one kind.</summary>
    public ImmutableArray<JobPlan> Plan(JobKind kind, TableInventory state)
    {
        if (kind == JobKind.Compaction) return [.. CompactionPlanner.Plan(state, policy, nowMs)];
        return PlanOne(kind, state) is { } plan ? [plan] : [];
    }

    private JobPlan? PlanOne(JobKind kind, TableInventory state)
    {
        var table = state.Table.Metadata;
        return kind switch
        {
            JobKind.Retention when policy.Retention is { } retention =>
                RetentionPlanner.Plan(table, retention, state.Files.Select(f => f.Data.File), nowMs),
            JobKind.Manifests when policy.Manifests is { } manifests => ManifestPlanner.Plan(table, state.Manifests, manifests),
            JobKind.Expiry when policy.Expiry is { } expiry => ExpiryPlanner.Plan(table, expiry, inUse, nowMs),
            JobKind.Statistics when policy.Statistics is { } statistics => StatisticsPlanner.Plan(table, statistics),
            JobKind.Orphans when policy.Orphans is { } orphans => OrphanPlanner.Plan(table, orphans, quarantine),
            _ => null,
        };
    }
}
