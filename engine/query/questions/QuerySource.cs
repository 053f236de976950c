namespace K2I.Query;

/// <summary>Which side of a view is read.</summary>
public enum QuerySource
{
    /// <summary>Every row up to the view's offsets, once.</summary>
    Both,

    /// <summary>The rows in memory, those included that are in the snapshot too.</summary>
    Hot,

    /// <summary>The snapshot alone.</summary>
    Cold,
}
