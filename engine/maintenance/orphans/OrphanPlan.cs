namespace K2I.Maintenance;

/// <summary>Files that the table does not name are to be looked for.</summary>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Policy">What to do with them.</param>
/// <param name="Quarantine">Where found ones wait before they are removed; null: they are removed when they are found.</param>
public sealed record OrphanPlan(string Reason, OrphanPolicy Policy, IOrphanQuarantine? Quarantine) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Orphans;

    public override MaintenanceJob Start(JobContext context) => new OrphanJob(this, context);
}
