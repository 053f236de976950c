using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Data files all of whose rows are older than the table keeps them are to go.</summary>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Files">The files.</param>
public sealed record RetentionPlan(string Reason, ImmutableArray<DataFile> Files) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Retention;

    public override MaintenanceJob Start(JobContext context) => new RetentionJob(this, context);
}
