namespace K2I.Query;

/// <summary>What queries may take. Memory is for all of them together, the rest for each.</summary>
public sealed record QueryLimits
{
    /// <summary>For what is read of files and for rows that are put in order; rows in memory are counted where they are held.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Rows of an answer.</summary>
    public required long MaxRows { get; init; }

    /// <summary>Bytes of an answer, as encoded.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>From the question to the end of the answer, waits for the client included.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>Queries that run at a time; of followers there may be as many besides.</summary>
    public required int Concurrency { get; init; }

    /// <summary>What one query may have to put rows in order: its share of the half that files are not read with.</summary>
    internal long OrderBytes => MemoryBytes / 2 / Concurrency;
}
