namespace K2I.Maintenance;

/// <summary>One job that a table's policy asks for now. Immutable: what is to be done, not how far it is.</summary>
/// <param name="Reason">Why, for a person: <c>14 files of 3.1 MiB on average in day=2026-11-29</c>.</param>
public abstract record JobPlan(string Reason)
{
    public abstract JobKind Kind { get; }

    /// <summary>Makes the job that does it; it does nothing until its first step.</summary>
    public abstract MaintenanceJob Start(JobContext context);

    public sealed override string ToString() => $"{Kind}: {Reason}";
}
