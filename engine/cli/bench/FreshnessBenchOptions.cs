namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench freshness</c> measures with.</summary>
internal sealed record FreshnessBenchOptions
{
    /// <summary>Kafka to produce to and read from.</summary>
    public required string Brokers { get; init; }

    public required int Partitions { get; init; }

    /// <summary>Records a second; 0: as many as can be.</summary>
    public required long Rate { get; init; }

    public required int Seconds { get; init; }

    /// <summary>Threads that ask for rows all the time: a filter over everything in memory, its rows as JSON.</summary>
    public required int Readers { get; init; }

    /// <summary>How long rows wait for a flush at most.</summary>
    public required long FlushMs { get; init; }

    /// <summary>Files are merged all the while, as soon as a few are there.</summary>
    public required bool Compacts { get; init; }

    public required long MemoryBytes { get; init; }

    public required int Lanes { get; init; }

    /// <summary>Where a warehouse is made and removed.</summary>
    public required string Directory { get; init; }
}
