namespace K2I.Pipeline;

/// <summary>What becomes of a flush that the log saw begin and not end.</summary>
internal enum HalfDoneFate
{
    /// <summary>The catalog was never asked: its rows are flushed again, under the same id and names.</summary>
    FlushAgain,

    /// <summary>It is in the table; the log is told.</summary>
    Landed,

    /// <summary>It is committed as it is, under its id; the fence says whether another writer was first.</summary>
    Commit,

    /// <summary>Its rows are flushed anew, from the log or from Kafka. Its files may be in a snapshot, and stay.</summary>
    FlushAnew,

    /// <summary>Its offsets mean other records now.</summary>
    Forget,
}
