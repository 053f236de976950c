using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>The commit loop of every catalog: load, apply, commit; on conflict again on a fresh base; after a lost answer find out first. Any thread; one commit at a time per action.</summary>
/// <remarks>
/// <code>
/// load ─► apply ─► commit ─► Committed: clean up, done
///   ▲       │        ├─────► Conflict: wait, load again
///   │       │        └─────► Unknown: reload until sure ─► landed: done
///   │       │                  ├─ base unchanged: send the same again
///   │       │                  ├─ base passed, ours not there: as Conflict
///   │       │                  └─ cannot tell: Unknown is thrown, nothing is deleted
///   │       └► AlreadyDone, Abort: clean up, done
///   └────────── wait
/// </code>
/// After an Unknown the same action may be committed again later: its snapshot id tells whether it landed.
/// </remarks>
public sealed class TableCommitter(ICatalog catalog, IObjectStore store, CommitOptions? options = null, IClock? clock = null, Action<int>? sleepMs = null, ILog? log = null)
{
    private readonly CommitOptions options = options ?? new CommitOptions();
    private readonly IClock clock = clock ?? SystemClock.Instance;
    private readonly Action<int> sleepMs = sleepMs ?? Thread.Sleep;
    private readonly ILog log = log ?? NullLog.Instance;

    /// <summary>The table, created if it is not there. Of several creators one wins and all get its table.</summary>
    public Table LoadOrCreate(TableIdent ident, TableCreation creation)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (catalog.TryLoad(ident) is { } table) return table;
            try
            {
                return catalog.Create(ident, creation);
            }
            catch (EngineException error) when (error.Kind is ErrorKind.AlreadyExists or ErrorKind.Unknown && attempt <= this.options.StatusChecks)
            {
                Wait(attempt, error.Kind == ErrorKind.Unknown);
            }
        }
    }

    /// <summary>Commits an action. Throws Conflict when every retry met one, Unknown when it is not known whether it landed, else what the catalog or store said.</summary>
    public CommitResult Commit(TableIdent ident, TableAction action)
    {
        var started = this.clock.MonotonicMs;
        var uncertain = false;
        string? uuid = null;
        long retries = this.options.Retries, totalMs = this.options.TotalMs;
        bool MayRetry(int attempt) => attempt <= retries && this.clock.MonotonicMs - started < totalMs;

        for (var attempt = 1; ; attempt++)
        {
            var context = new ActionContext(store, this.clock, attempt);
            try
            {
                var table = catalog.Load(ident);
                uuid ??= table.Metadata.Uuid;
                retries = table.Metadata.LongProperty(TableProperties.RetryCount, retries);
                totalMs = table.Metadata.LongProperty(TableProperties.RetryTotalMs, totalMs);
                if (table.Metadata.Uuid != uuid) throw new EngineException(ErrorKind.Fatal, $"table {ident} was dropped and created again (uuid {uuid}, now {table.Metadata.Uuid})");
                switch (action.Apply(table, context))
                {
                    case ActionResult.AlreadyDone done:
                        if ((uncertain || action.SnapshotId is not null) && action.HasLanded(table.Metadata)) return Landed(table, action, context, attempt);
                        if (!uncertain) CleanUp(action, null, context);
                        return new CommitResult(CommitStatus.AlreadyDone, table, attempt, done.Why);
                    case ActionResult.Abort abort:
                        if (!uncertain) CleanUp(action, null, context);
                        return new CommitResult(CommitStatus.Aborted, table, attempt, abort.Reason);
                    case ActionResult.Change change:
                        if (Send(table, change, action, context, ref uncertain) is { } landed) return Landed(landed, action, context, attempt);
                        break;
                }
            }
            catch (EngineException error) when (error.Kind is not (ErrorKind.Unavailable or ErrorKind.Conflict or ErrorKind.Unknown))
            {
                if (!uncertain) CleanUp(action, null, context);
                throw;
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable && MayRetry(attempt))
            {
                this.log.Warn("commit could not be tried", ("table", ident), ("attempt", attempt), ("error", error.Message));
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Conflict && MayRetry(attempt))
            {
                this.log.Debug("commit met a change by someone else", ("table", ident), ("attempt", attempt));
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Conflict)
            {
                if (!uncertain) CleanUp(action, null, context);
                throw;
            }
            Wait(attempt, slow: false);
        }
    }

    /// <summary>Asks the catalog; the table as committed. Throws Conflict where it certainly did not land, Unknown where that cannot be told.</summary>
    private Table? Send(Table table, ActionResult.Change change, TableAction action, ActionContext context, ref bool uncertain)
    {
        for (var check = 0; ; check++)
        {
            var outcome = catalog.Commit(table, change.Updates, change.Requirements);
            if (outcome is CommitOutcome.Committed committed) return committed.Table;
            if (outcome is CommitOutcome.Conflict conflict)
            {
                if (!uncertain) throw new EngineException(ErrorKind.Conflict, conflict.Why);
                // The first sending may be what this one ran into.
                var now = catalog.Load(table.Ident);
                return action.HasLanded(now.Metadata) ? now : throw new EngineException(ErrorKind.Conflict, conflict.Why);
            }
            uncertain = true;
            var lost = ((CommitOutcome.Unknown)outcome).Error;
            this.log.Warn("the answer to a commit was lost", ("table", table.Ident), ("snapshot", action.SnapshotId), ("error", lost.Message));
            switch (FindOut(table, action, lost, out var current))
            {
                case Finding.Landed:
                    return current;
                case Finding.Passed:
                    throw new EngineException(ErrorKind.Conflict, $"table {table.Ident} was changed by someone else while an answer was lost");
                case Finding.Unchanged when check < this.options.StatusChecks:
                    continue;
                default:
                    throw Undecided(table, lost);
            }
        }
    }

    private enum Finding
    {
        Landed,

        /// <summary>The base is still current: the same commit may be sent again.</summary>
        Unchanged,

        /// <summary>Others have committed on top of the base: this attempt can no longer land.</summary>
        Passed,
        Undecided,
    }

    private Finding FindOut(Table sent, TableAction action, EngineException lost, out Table current)
    {
        for (var check = 1; check <= this.options.StatusChecks; check++)
        {
            Wait(check, slow: true);
            try
            {
                current = catalog.Load(sent.Ident);
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Unknown or ErrorKind.Denied)
            {
                continue;
            }
            if (current.Metadata.Uuid != sent.Metadata.Uuid) throw new EngineException(ErrorKind.Fatal, $"table {sent.Ident} was dropped and created again while an answer was lost");
            if (action.HasLanded(current.Metadata)) return Finding.Landed;
            if (current.MetadataLocation == sent.MetadataLocation) return Finding.Unchanged;
            // Only if the history reaches back to the base is it certain that ours is not hidden in an expired part of it.
            return current.Metadata.MetadataLog.Any(e => e.Location == sent.MetadataLocation) ? Finding.Passed : Finding.Undecided;
        }
        current = sent;
        this.log.Error("it is not known whether a commit landed", ("table", sent.Ident), ("snapshot", action.SnapshotId), ("error", lost.Message));
        return Finding.Undecided;
    }

    private CommitResult Landed(Table table, TableAction action, ActionContext context, int attempt)
    {
        CleanUp(action, table.Metadata, context);
        return new CommitResult(CommitStatus.Committed, table, attempt);
    }

    /// <summary>Files left behind cost space only: a failure here is not the commit's.</summary>
    private void CleanUp(TableAction action, TableMetadata? landed, ActionContext context)
    {
        try
        {
            action.CleanUp(landed, context);
        }
        catch (EngineException error)
        {
            this.log.Warn("files of a commit's earlier attempts were left behind", ("error", error.Message));
        }
    }

    private void Wait(int attempt, bool slow)
    {
        var wait = Math.Min(this.options.MaxWaitMs, (long)this.options.MinWaitMs << Math.Min(attempt - 1, 20));
        if (slow) wait = Math.Min(this.options.MaxWaitMs, wait * 2);
        this.sleepMs((int)((wait / 2) + Random.Shared.NextInt64((wait / 2) + 1)));
    }

    private static EngineException Undecided(Table table, EngineException lost) =>
        new(ErrorKind.Unknown, $"table {table.Ident}: it is not known whether the commit landed ({lost.Message}); its files are kept, commit the same action again to find out", lost);
}
