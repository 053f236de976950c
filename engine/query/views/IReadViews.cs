namespace K2I.Query;

/// <summary>Where views of a process's tables come from. Any thread; nothing here waits for ingest, and ingest for nothing here.</summary>
public interface IReadViews
{
    /// <summary>The names of the tables, as the configuration and the catalog have them (<c>namespace.name</c>), in order.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>A cut of the table as it is now. Throws <see cref="QueryFault.NotFound"/>, <see cref="QueryFault.Unavailable"/>.</summary>
    ReadView Open(string table);

    /// <summary>
    /// How far the table is now: what <see cref="Open"/> would give at least. Cheap enough to be asked every few milliseconds.
    /// </summary>
    OffsetVector OffsetsOf(string table);

    /// <summary>
    /// Another number wherever <see cref="Open"/> may give another view than before; costs next to nothing.
    /// Throws <see cref="QueryFault.NotFound"/>.
    /// </summary>
    long MomentOf(string table);

    /// <summary>
    /// What others have committed to the table is soon in its views too, rather than when it is next looked for. May be asked often.
    /// </summary>
    void Refresh(string table)
    {
    }

    /// <summary>How many milliseconds an answer rests after a step of the calling thread, so that ingest has the CPU.</summary>
    int RestMs() => 0;

    /// <summary>The key that rows of the table are found by; null where it has none.</summary>
    IKeyLookup? KeysOf(string table);
}
