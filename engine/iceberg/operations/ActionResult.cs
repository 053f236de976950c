using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>What an action makes of a freshly loaded table.</summary>
public abstract record ActionResult
{
    private ActionResult()
    {
    }

    /// <summary>Commit this.</summary>
    public sealed record Change(ImmutableArray<MetadataUpdate> Updates, ImmutableArray<TableRequirement> Requirements) : ActionResult;

    /// <summary>The table is as wanted already: nothing to commit.</summary>
    public sealed record AlreadyDone(string Why) : ActionResult;

    /// <summary>The action does not fit the table any more: nothing is committed.</summary>
    public sealed record Abort(string Reason) : ActionResult;
}
