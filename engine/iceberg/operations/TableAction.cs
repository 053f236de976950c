namespace K2I.Iceberg;

/// <summary>One logical change of a table. Applied afresh to each newly loaded base until its updates land; belongs to one commit, so also to one thread.</summary>
public abstract class TableAction
{
    /// <summary>The snapshot the action makes, the same in every attempt; null if it makes none.</summary>
    public virtual long? SnapshotId => null;

    /// <summary>Decides against <paramref name="table"/> as it is now. May write files; throws an <c>EngineException</c> where the action is wrong for any base.</summary>
    public abstract ActionResult Apply(Table table, ActionContext context);

    /// <summary>True if the table shows that the action landed: its answer was lost, and this is how to find out.</summary>
    public virtual bool HasLanded(TableMetadata table) => SnapshotId is { } id && table.FindSnapshot(id) is not null;

    /// <summary>The outcome is certain: remove what the action wrote and the table does not name. Null: it did not land, nothing is named. Never called after Unknown.</summary>
    public virtual void CleanUp(TableMetadata? landed, ActionContext context)
    {
    }
}
