namespace K2I.Base;

/// <summary>Whether calls are let through to something outside.</summary>
public enum CircuitState
{
    /// <summary>All are.</summary>
    Closed,

    /// <summary>None is, until the wait is over.</summary>
    Open,

    /// <summary>One is, to see whether it answers again.</summary>
    HalfOpen,
}
