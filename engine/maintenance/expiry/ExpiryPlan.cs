namespace K2I.Maintenance;

/// <summary>Old snapshots are to go, and then the files that only they need.</summary>
public sealed record ExpiryPlan(string Reason, ExpiryPolicy Policy) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Expiry;

    public override MaintenanceJob Start(JobContext context) => new ExpiryJob(this, context);
}
