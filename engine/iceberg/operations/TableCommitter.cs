using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>The commit loop of every catalog: load, apply, commit; on conflict again on a fresh base; after a lost answer find out first. Any thread; one commit at a time per action.</summary>
/// <remarks>
/// <code>
/// load ─► in doubt? ─► apply ─► commit ─► Committed: clean up, done
///   ▲       │            │        ├─────► Conflict: wait, load again
///   │       │            │        └─────► Unknown: now in doubt; reload until an answer comes
///   │       │            │                  ├─ landed: clean up, done
///   │       │            │                  ├─ table unchanged: send the same again
///   │       │            │                  ├─ table changed: wait, load again
///   │       │            │                  └─ no answer: Unknown is thrown
///   │       │            └► AlreadyDone, Abort: done
///   │       ├► landed: clean up, done
///   │       ├► passed by another snapshot: not in doubt any more
///   │       └► history does not tell, nor does the action: Unknown is thrown
///   └────────── wait
/// </code>
/// Doubt belongs to the action and lasts over calls: the same action may be committed again later, and its snapshot id, ancestry or fence tells whether it
/// landed. While in doubt nothing is deleted. A stop (<see cref="CallScope"/>) ends the waits, after which nothing is tried again. Every attempt has the same snapshot id and demands the parent it was made for: at most one can land.
/// </remarks>
public sealed class TableCommitter(
    ICatalog catalog, IObjectStore store, CommitOptions? options = null, IClock? clock = null, Action<int>? sleepMs = null, ILog? log = null,
    IRandom? random = null, ManifestLists? lists = null)
{
    private readonly CommitOptions options = options ?? new CommitOptions();
    private readonly IClock clock = clock ?? SystemClock.Instance;
    private readonly Action<int> sleepMs = sleepMs ?? (ms => CallScope.Sleep(clock ?? SystemClock.Instance, ms));
    private readonly ILog log = log ?? NullLog.Instance;
    private readonly IRandom random = random ?? SystemRandom.Instance;
    private readonly ManifestLists lists = lists ?? new();

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
            catch (EngineException error) when (error.Kind is ErrorKind.AlreadyExists or ErrorKind.Unknown && attempt <= options.StatusChecks)
            {
                Wait(attempt, error.Kind == ErrorKind.Unknown);
            }
        }
    }

    /// <summary>
    /// Commits an action. Throws Conflict when every retry met one, Unknown when it is not known whether it landed, NotFound when the table is gone, be it that another one
    /// has its name, else what the catalog or store said:
    /// then <see cref="TableAction.MayHaveLanded"/> tells whether an earlier attempt is still in doubt.
    /// </summary>
    public CommitResult Commit(TableIdent ident, TableAction action)
    {
        var started = clock.MonotonicMs;
        string? uuid = action.Doubt?.Uuid;
        var newest = action.Doubt?.LastSequenceNumber ?? 0;
        long retries = options.Retries, totalMs = options.TotalMs;
        // The base of an attempt that was sent, until a look at the table shows that it did not land.
        TableMetadata? unseen = null;
        bool MayRetry(int attempt) => !CallScope.HasEnded && attempt <= retries && clock.MonotonicMs - started < totalMs;

        for (var attempt = 1; ; attempt++)
        {
            var context = new ActionContext(store, clock) { Random = random, Lists = lists };
            action.Attempts++;
            try
            {
                var table = catalog.Load(ident);
                KillPoint.Hit("commit.table-loaded");
                uuid ??= table.Metadata.Uuid;
                retries = table.Metadata.LongProperty(TableProperties.RetryCount, retries);
                totalMs = table.Metadata.LongProperty(TableProperties.RetryTotalMs, totalMs);
                if (table.Metadata.Uuid != uuid) throw new EngineException(ErrorKind.NotFound, $"table {ident} was dropped and created again (uuid {uuid}, now {table.Metadata.Uuid})");
                if (table.Metadata.LastSequenceNumber < newest) throw Stale(table, newest);
                newest = table.Metadata.LastSequenceNumber;
                // A proxy that sends twice brings the refusal of the second for a first that landed.
                if ((action.MayHaveLanded && ResolveDoubt(table, action)) || (unseen is not null && action.HasLanded(table.Metadata)))
                    return Landed(table, action, context);
                unseen = null;
                switch (Apply(action, table, context))
                {
                    case ActionResult.AlreadyDone done:
                        if (action.SnapshotId is not null && action.HasLanded(table.Metadata)) return Landed(table, action, context);
                        CleanUp(action, null, context);
                        return new CommitResult(CommitStatus.AlreadyDone, table, done.Why) { MayHaveLanded = action.MayHaveLanded };
                    case ActionResult.Abort abort:
                        CleanUp(action, null, context);
                        return new CommitResult(CommitStatus.Aborted, table, abort.Reason) { MayHaveLanded = action.MayHaveLanded };
                    case ActionResult.Change change:
                        unseen = table.Metadata;
                        return Landed(Send(table, change, action), action, context);
                }
            }
            catch (EngineException error) when (error.Kind is not (ErrorKind.Unavailable or ErrorKind.Conflict or ErrorKind.Unknown))
            {
                if (unseen is not null && Shown(ident, unseen, action) is { } landed) return Landed(landed, action, context);
                CleanUp(action, null, context);
                throw;
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable && MayRetry(attempt))
            {
                log.Warn("commit could not be tried", ("table", ident), ("attempt", attempt), ("error", error.Message));
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Conflict && MayRetry(attempt))
            {
                log.Debug("commit met a change by someone else", ("table", ident), ("attempt", attempt));
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Conflict)
            {
                if (unseen is not null && Shown(ident, unseen, action) is { } landed) return Landed(landed, action, context);
                if (action.MayHaveLanded) throw Undecided(ident, error);
                CleanUp(action, null, context);
                throw;
            }
            Wait(attempt, slow: false);
        }
    }

    /// <summary>
    /// What the action makes of the table. Throws Conflict where a file of it is gone because others changed it, and expired what it was
    /// loaded with.
    /// </summary>
    private ActionResult Apply(TableAction action, Table table, ActionContext context)
    {
        try
        {
            return action.Apply(table, context);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
        {
            var isGone = catalog.TryLoad(table.Ident) is { } now && now.Metadata.Uuid == table.Metadata.Uuid
                && now.MetadataLocation != table.MetadataLocation;
            if (!isGone) throw;
            throw new EngineException(ErrorKind.Conflict, $"table {table.Ident} is not what was loaded any more: {error.Message}", error);
        }
    }

    /// <summary>True if an attempt in doubt has landed. Otherwise it may be applied to <paramref name="table"/>, in doubt still or not any more; throws Unknown where that could double it.</summary>
    private static bool ResolveDoubt(Table table, TableAction action)
    {
        switch (action.FateOf(action.Doubt!, table.Metadata))
        {
            case CommitFate.Landed:
                return true;
            case CommitFate.Never:
                action.Doubt = null;
                return false;
            case CommitFate.Hidden when !action.KnowsItself:
                throw new EngineException(ErrorKind.Unknown, $"table {table.Ident}: its history no longer reaches back to where the answer to a commit was lost; whether snapshot {action.SnapshotId} landed cannot be told");
            default:
                // Open: should an earlier attempt still land, this one meets a branch that has moved. Hidden: the action's fence knows.
                return false;
        }
    }

    /// <summary>Asks the catalog; the table as committed. Throws Conflict where this attempt did not land or is to be made anew, Unknown where that cannot be told.</summary>
    private Table Send(Table table, ActionResult.Change change, TableAction action)
    {
        for (var check = 0; ; check++)
        {
            var outcome = catalog.Commit(table, change.Updates, change.Requirements);
            KillPoint.Hit("commit.answered");
            if (outcome is CommitOutcome.Committed committed) return committed.Table;
            if (outcome is CommitOutcome.Conflict conflict) throw new EngineException(ErrorKind.Conflict, conflict.Why);
            // An older doubt is settled by now: this base either has the same parent, or the action knows that nothing of it is in the table.
            action.Doubt = table.Metadata;
            var lost = ((CommitOutcome.Unknown)outcome).Error;
            log.Warn("the answer to a commit was lost", ("table", table.Ident), ("snapshot", action.SnapshotId?.Value), ("error", lost.Message));
            var current = FindOut(table, action, lost);
            if (action.HasLanded(current.Metadata)) return current;
            if (current.MetadataLocation != table.MetadataLocation) throw new EngineException(ErrorKind.Conflict, $"table {table.Ident} was changed by someone else while an answer was lost");
            if (check >= options.StatusChecks) throw Undecided(table.Ident, lost);
        }
    }

    /// <summary>The table as it is after a lost answer.</summary>
    private Table FindOut(Table sent, TableAction action, EngineException lost)
    {
        for (var check = 1; check <= options.StatusChecks; check++)
        {
            Wait(check, slow: true);
            try
            {
                var current = catalog.Load(sent.Ident);
                if (current.Metadata.Uuid != sent.Metadata.Uuid) throw new EngineException(ErrorKind.NotFound, $"table {sent.Ident} was dropped and created again while an answer was lost");
                return current.Metadata.LastSequenceNumber >= sent.Metadata.LastSequenceNumber ? current : throw Stale(current, sent.Metadata.LastSequenceNumber);
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Unknown or ErrorKind.Denied)
            {
                log.Debug("the table cannot be looked at", ("table", sent.Ident), ("error", error.Message));
            }
        }
        log.Error("it is not known whether a commit landed", ("table", sent.Ident), ("snapshot", action.SnapshotId?.Value), ("error", lost.Message));
        throw Undecided(sent.Ident, lost);
    }

    /// <summary>
    /// The table if it shows the action after all: a refusal may be that of a second sending of what landed, be it that someone was first, or
    /// that there is no such thing to be removed. Where the table cannot be looked at, the action is in doubt: nothing of it may be deleted.
    /// </summary>
    private Table? Shown(TableIdent ident, TableMetadata sent, TableAction action)
    {
        try
        {
            return catalog.TryLoad(ident) is { } now && now.Metadata.Uuid == sent.Uuid && action.HasLanded(now.Metadata) ? now : null;
        }
        catch (EngineException)
        {
            action.Doubt ??= sent;
            return null;
        }
    }

    private CommitResult Landed(Table table, TableAction action, ActionContext context)
    {
        action.Doubt = null;
        CleanUp(action, table.Metadata, context);
        return new CommitResult(CommitStatus.Committed, table);
    }

    /// <summary>Files left behind cost space only: a failure here is not the commit's.</summary>
    private void CleanUp(TableAction action, TableMetadata? landed, ActionContext context)
    {
        if (action.MayHaveLanded) return;
        try
        {
            action.CleanUp(landed, context);
        }
        catch (EngineException error)
        {
            log.Warn("files of a commit's earlier attempts were left behind", ("error", error.Message));
        }
    }

    private void Wait(int attempt, bool slow)
    {
        var wait = Math.Min(options.MaxWaitMs, (long)options.MinWaitMs << Math.Min(attempt - 1, 20));
        if (slow) wait = Math.Min(options.MaxWaitMs, wait * 2);
        sleepMs((int)((wait / 2) + random.NextInt64((wait / 2) + 1)));
    }

    /// <summary>An answer from a copy that lags: what it lacks may be there, so nothing is decided on it.</summary>
    private static EngineException Stale(Table table, long newest) =>
        new(ErrorKind.Unavailable, $"table {table.Ident}: the catalog shows it at sequence number {table.Metadata.LastSequenceNumber}, where {newest} was seen before");

    private static EngineException Undecided(TableIdent ident, EngineException lost) =>
        new(ErrorKind.Unknown, $"table {ident}: it is not known whether the commit landed ({lost.Message}); its files are kept, commit the same action again to find out", lost);
}
