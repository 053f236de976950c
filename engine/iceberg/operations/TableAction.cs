namespace K2I.Iceberg;

/// <summary>One logical change of a table. Applied afresh to each newly loaded base until its updates land; belongs to one commit, so also to one thread.</summary>
public abstract class TableAction
{
    /// <summary>The snapshot the action makes, the same in every attempt; null if it makes none.</summary>
    public virtual SnapshotId? SnapshotId => null;

    /// <summary>An attempt was sent whose end is not known: the action may be in the table, or still come. Nothing it names may be deleted, its data files included.</summary>
    public bool MayHaveLanded => Doubt is not null;

    /// <summary>How often it was tried, on whatever base, over all calls.</summary>
    public int Attempts { get; internal set; }

    /// <summary>The base that such an attempt was sent on last.</summary>
    internal TableMetadata? Doubt { get; set; }

    /// <summary>True if applying the action to any base tells whether it is in already, even where its snapshot has expired.</summary>
    internal virtual bool KnowsItself => SnapshotId is null;

    /// <summary>Decides against <paramref name="table"/> as it is now. May write files; throws an <c>EngineException</c> where the action is wrong for any base.</summary>
    public abstract ActionResult Apply(Table table, ActionContext context);

    /// <summary>True if the table shows that the action landed: its answer was lost, and this is how to find out.</summary>
    public virtual bool HasLanded(TableMetadata table) => SnapshotId is { } id && table.FindSnapshot(id) is not null;

    /// <summary>What became of an attempt that was sent on <paramref name="sent"/>. An action without a snapshot is judged by its effect: where that does not show, it is applied again.</summary>
    internal virtual CommitFate FateOf(TableMetadata sent, TableMetadata now) => HasLanded(now) ? CommitFate.Landed : CommitFate.Never;

    /// <summary>The outcome is certain: remove what the action wrote and the table does not name. Null: it did not land, nothing is named. Never called while <see cref="MayHaveLanded"/>.</summary>
    public virtual void CleanUp(TableMetadata? landed, ActionContext context)
    {
    }
}
