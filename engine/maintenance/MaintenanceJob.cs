namespace K2I.Maintenance;

/// <summary>
/// A job under way, done in steps. One thread at a time; what it is between two steps may be thrown away: the table is whole, files
/// written so far are removed by <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// A step reads or writes a batch of rows, deletes a batch of files, or makes one commit: some milliseconds, but for the answer of a
/// store or catalog. Who runs the job decides when the next step comes, and so how much of a core, and whether it waits for ingest.
/// Errors of stores and catalogs end a job as they are thrown; a conflict with another commit is a <see cref="JobOutcome"/>. After a
/// commit of which it is not known whether it landed, nothing it names is removed.
/// </remarks>
public abstract class MaintenanceJob : IDisposable
{
    public abstract JobPlan Plan { get; }

    /// <summary>Does the next part; false when the job is over, and <see cref="Outcome"/> says how.</summary>
    public abstract bool Step();

    /// <summary>Null until the job is over.</summary>
    public JobOutcome? Outcome { get; protected set; }

    /// <summary>How much of it is done, 0 to 1, for a progress bar.</summary>
    public abstract double Progress { get; }

    /// <summary>Gives up what is not committed.</summary>
    public abstract void Dispose();
}
