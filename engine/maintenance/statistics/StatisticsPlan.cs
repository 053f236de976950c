using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>The numbers of distinct values of a table's columns are to be counted.</summary>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Since">What is gone on from: statistics of an older snapshot; null: all rows are read.</param>
public sealed record StatisticsPlan(string Reason, StatisticsFile? Since) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Statistics;

    public override MaintenanceJob Start(JobContext context) => new StatisticsJob(this, context);
}
