namespace K2I.Iceberg;

/// <summary>The certain ends of a commit; an uncertain one is an <c>EngineException</c> of kind Unknown.</summary>
public enum CommitStatus
{
    /// <summary>It landed, once.</summary>
    Committed,

    /// <summary>The table was as wanted before.</summary>
    AlreadyDone,

    /// <summary>The action or its fence called it off; nothing landed.</summary>
    Aborted,
}
