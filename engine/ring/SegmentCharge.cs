namespace K2I.Ring;

/// <summary>Who is charged for a segment's memory.</summary>
internal enum SegmentCharge
{
    /// <summary>Its table's account: rows that are not in the table yet.</summary>
    Account,

    /// <summary>The pool: rows that are in the table, and go first where there is no room.</summary>
    Flushed,

    /// <summary>Readers: given up by all others, and beside the budget of the pool.</summary>
    Readers,

    /// <summary>Nobody: it is free.</summary>
    None,
}
