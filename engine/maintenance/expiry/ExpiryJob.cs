using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// One commit that takes old snapshots out of the metadata; after it, the files that no snapshot needs any more go, in batches.
/// </summary>
/// <remarks>
/// What may go is searched for after the commit, in the table as it is loaded then: a manifest or list a step. Snapshots that came into use
/// meanwhile count as if they had stayed. Before each batch the table is looked at once more. What is left when a job breaks off between
/// its commit and its end is found as orphans.
/// </remarks>
internal sealed class ExpiryJob(ExpiryPlan plan, JobContext context) : SteppedJob(plan, context)
{
    private const double Committed = 0.05, Searched = 0.5;

    protected override IEnumerable<double> Steps()
    {
        var before = Load();
        if (GarbageRule.Refusal(before.Metadata) is { } refusal)
            throw new EngineException(ErrorKind.Invalid, $"table {Context.Ident}: {refusal}");
        var action = ExpiryPlanner.ActionOf(before.Metadata, plan.Policy, Context.Use.SnapshotsInUse(), Context.Clock.UnixMs);
        var result = Commit(action);
        if (result.Status != CommitStatus.Committed)
        {
            Outcome = new JobOutcome { Conflict = result.Status == CommitStatus.Aborted ? result.Reason : null };
            yield break;
        }
        yield return Committed;

        var after = WithThoseInUse(before.Metadata, Load().Metadata);
        var gone = before.Metadata.Snapshots.Count(s => after.FindSnapshot(s.SnapshotId) is null);
        ExpiredFiles? files = null;
        var read = 0;
        foreach (var found in ExpiredFiles.Search(before.Metadata, after, Context.Store))
        {
            files = found;
            // How many files there are to read is not known before.
            yield return Committed + ((Searched - Committed) * (1 - (gone + 1.0) / (gone + 1.0 + read++)));
        }
        var removal = new FileRemoval(Context, "no snapshot needs it since others expired");
        var paths = files!.InOrder.ToArray();
        foreach (var batch in paths.Chunk(FileRemoval.BatchFiles))
        {
            if (Doubt(before.Metadata, after) is { } doubt)
            {
                removal.Leave(paths.Length - removal.Seen, doubt);
                break;
            }
            removal.Remove(batch.Select(p => new StoredFile(p, files.Bytes.GetValueOrDefault(p))));
            if (removal.HasGivenUp) break;
            yield return Searched + ((1 - Searched) * removal.Seen / (paths.Length + 1.0));
        }
        Outcome = new JobOutcome
        {
            Snapshots = gone,
            FilesRemoved = removal.Removed,
            BytesRemoved = removal.RemovedBytes,
            FilesFailed = removal.Failed,
            Notes = removal.Notes(paths.Length),
        };
    }

    /// <summary>A snapshot that began to be read before it went is held by its reader alone.</summary>
    private TableMetadata WithThoseInUse(TableMetadata before, TableMetadata after)
    {
        var used = Context.Use.SnapshotsInUse();
        ImmutableArray<Snapshot> held =
            [.. before.Snapshots.Where(s => used.Contains(s.SnapshotId) && after.FindSnapshot(s.SnapshotId) is null)];
        return held.IsEmpty ? after : after with { Snapshots = [.. held, .. after.Snapshots] };
    }

    /// <summary>Why the files of the plan are left alone after all; null if nothing speaks for them.</summary>
    private string? Doubt(TableMetadata before, TableMetadata planned)
    {
        if (Context.Catalog.TryLoad(Context.Ident) is not { } now || now.Metadata.Uuid != before.Uuid)
            return "the table was dropped or replaced meanwhile";
        var used = Context.Use.SnapshotsInUse();
        bool IsBack(SnapshotId id) => planned.FindSnapshot(id) is null && (used.Contains(id) || now.Metadata.FindSnapshot(id) is not null);
        var back = before.Snapshots.FirstOrDefault(s => IsBack(s.SnapshotId));
        return back is null ? null : $"snapshot {back.SnapshotId} is in use again";
    }
}
