namespace K2I.Pipeline;

/// <summary>In which order tables are worked for: the lower the sooner.</summary>
internal enum Urgency
{
    /// <summary>Short work that a lane waits for: where partitions start, which columns there are; the end of a run.</summary>
    Control,

    /// <summary>A flush that others wait for: at a stop, before partitions go to another member, for memory or room in a log.</summary>
    Pressing,

    /// <summary>A flush that is due.</summary>
    Flush,

    /// <summary>A look at the table, a run to be opened, a retry.</summary>
    Idle,
}
