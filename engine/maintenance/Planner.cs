using System.Collections.Immutable;

namespace K2I.Maintenance;

/// <summary>Says which jobs a table needs now, each with its reason. Pure: the same answer for the same question.</summary>
public static class Planner
{
    /// <summary>Jobs in the order they are best done in: what makes others smaller or needless comes first.</summary>
    /// <param name="state">The table.</param>
    /// <param name="policy">How it is to be kept.</param>
    /// <param name="nowMs">Unix time.</param>
    public static ImmutableArray<JobPlan> Plan(TableState state, MaintenancePolicy policy, long nowMs) =>
        [.. CompactionPlanner.Plan(state, policy, nowMs)];
}
