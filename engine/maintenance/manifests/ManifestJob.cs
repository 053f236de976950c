using System.Globalization;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>One commit that writes manifests anew; the files that they name stay what and where they are.</summary>
internal sealed class ManifestJob(ManifestPlan plan, JobContext context) : SteppedJob(plan, context)
{
    protected override IEnumerable<double> Steps()
    {
        var action = new RewriteManifests { SmallerThanBytes = plan.All ? long.MaxValue : null, SummaryOf = Context.Use.SummaryOf };
        var result = Commit(action);
        Outcome = result.Status switch
        {
            CommitStatus.Committed => Of(result.Table.Metadata.FindSnapshot(action.SnapshotId!.Value), action.SnapshotId.Value),
            CommitStatus.AlreadyDone => new JobOutcome(),
            _ => new JobOutcome { Conflict = result.Reason },
        };
        yield break;
    }

    /// <param name="snapshot">What was made; null where it has expired since.</param>
    /// <param name="id">Its id.</param>
    private static JobOutcome Of(Snapshot? snapshot, SnapshotId id) => new()
    {
        Snapshot = id,
        FilesIn = Count(snapshot, SummaryKeys.ManifestsReplaced),
        FilesOut = Count(snapshot, SummaryKeys.ManifestsCreated),
    };

    private static int Count(Snapshot? snapshot, string key) =>
        int.TryParse(snapshot?.Summary.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
