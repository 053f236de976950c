namespace K2I.Maintenance;

/// <summary>Manifests of the table are to be written anew, fewer or better sorted.</summary>
/// <param name="Reason">Why, for a person.</param>
/// <param name="All">Those too that have the target size: they are badly sorted.</param>
public sealed record ManifestPlan(string Reason, bool All) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Manifests;

    public override MaintenanceJob Start(JobContext context) => new ManifestJob(this, context);
}
