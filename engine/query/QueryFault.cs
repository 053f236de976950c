namespace K2I.Query;

/// <summary>Why a query has no answer, or no whole one: what its caller can do about it.</summary>
public enum QueryFault
{
    /// <summary>The question is wrong: a column, filter, order, offset or option that does not parse or does not exist.</summary>
    BadQuestion,

    /// <summary>There is no such table, snapshot or branch.</summary>
    NotFound,

    /// <summary>The table has no key to look rows up by.</summary>
    NoKey,

    /// <summary>The table cannot be read now: it is not open yet, paused before it was, or its catalog or store is away.</summary>
    Unavailable,

    /// <summary>As many queries run as may: ask again later.</summary>
    Busy,

    /// <summary>The offsets asked for were not reached within the time.</summary>
    NotReached,

    /// <summary>It took longer than a query may.</summary>
    TimedOut,

    /// <summary>The answer has more rows or bytes than a query may give.</summary>
    TooLarge,

    /// <summary>The reader was so slow, or held so much memory, that its rows were taken back.</summary>
    TakenBack,
}
