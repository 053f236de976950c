using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What became of a commit that a catalog was asked to make. Failing for certain in any other way is an exception of another kind than Unknown.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>It landed: the table as it is now (or was, a moment ago).</summary>
    public sealed record Committed(Table Table) : CommitOutcome;

    /// <summary>It did not land and never will: someone else was first. Reload, decide again.</summary>
    public sealed record Conflict(string Why) : CommitOutcome;

    /// <summary>It may have landed, or still land. Find out before repeating or undoing anything; delete nothing.</summary>
    public sealed record Unknown(EngineException Error) : CommitOutcome;
}
