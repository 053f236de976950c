using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>A job written down as one sequence: each element ends a step, and says how much of the job is done, 0 to 1.</summary>
public abstract class SteppedJob : MaintenanceJob
{
    private readonly IEnumerator<double> steps;
    private double progress;
    private string? uuid;
    private long newest;

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

    /// <summary>The table as it is now.</summary>
    /// <exception cref="EngineException">
    /// NotFound: it is gone, or another has its name. Unavailable: the catalog shows less than it did before; files that it does not show
    /// would be taken for such that nobody needs.
    /// </exception>
    protected Table Load() => Seen(Context.Catalog.Load(Context.Ident));

    protected CommitResult Commit(TableAction action)
    {
        var result = Context.Committer.Commit(Context.Ident, action);
        _ = Seen(result.Table);
        return result;
    }

    private Table Seen(Table table)
    {
        uuid ??= table.Metadata.Uuid;
        if (table.Metadata.Uuid != uuid)
            throw new EngineException(ErrorKind.NotFound, $"table {table.Ident} was dropped and created again meanwhile");
        if (table.Metadata.LastSequenceNumber < newest)
            throw new EngineException(ErrorKind.Unavailable, $"table {table.Ident}: the catalog shows an older state of it than before");
        newest = table.Metadata.LastSequenceNumber;
        return table;
    }
}
