using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// One commit that takes files out of the table. Nothing is read or rewritten; the files themselves go when the snapshots before it expire.
/// </summary>
internal sealed class RetentionJob(RetentionPlan plan, JobContext context) : SteppedJob(plan, context)
{
    protected override IEnumerable<double> Steps()
    {
        var action = new RemoveFiles
        {
            Files = plan.Files,
            Fence = table => new FenceVerdict.ProceedWith([], Context.Use.SummaryOf(table), ImmutableSortedDictionary<string,
                string>.Empty),
        };
        var result = Commit(action);
        Outcome = result.Status == CommitStatus.Committed
            ? new JobOutcome { Snapshot = action.SnapshotId, FilesIn = plan.Files.Length }
            : new JobOutcome { Conflict = result.Reason };
        yield break;
    }
}
