using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>A job written down as one sequence: each element ends a step, and says how much of the job is done, 0 to 1.</summary>
public abstract class SteppedJob : MaintenanceJob
{
    private readonly IEnumerator<double> steps;
    private double progress;

    protected SteppedJob(JobPlan plan, JobContext context)
    {
        (Plan, Context) = (plan, context);
        steps = Steps().GetEnumerator();
    }

    public sealed override JobPlan Plan { get; }

    public sealed override double Progress => progress;

    protected JobContext Context { get; }

    /// <summary>
    /// The work, from the first step to where <see cref="MaintenanceJob.Outcome"/> is set. Nothing is done before the first element is
    /// asked for.
    /// </summary>
    protected abstract IEnumerable<double> Steps();

    public sealed override bool Step()
    {
        if (Outcome is not null) return false;
        // Work may turn out to be more than it looked.
        progress = steps.MoveNext() ? Math.Max(progress, steps.Current) : 1;
        Check.That(Outcome is not null || progress < 1);
        return Outcome is null;
    }

    public override void Dispose()
    {
        steps.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Table Load() => Context.Catalog.Load(Context.Ident);

    protected CommitResult Commit(TableAction action) =>
        new TableCommitter(Context.Catalog, Context.Store, clock: Context.Clock, log: Context.Log, random: Context.Random)
            .Commit(Context.Ident, action);
}
