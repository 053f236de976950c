using System.Collections.Immutable;
using System.Globalization;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench ingest</c> runs against.</summary>
internal sealed record IngestBenchOptions
{
    /// <summary>Kafka to read from; null for the embedded broker, filled while it is read: it keeps too little to be filled before.</summary>
    public string? Brokers { get; init; }

    /// <summary>Or, for several tables, what their topics' names begin with.</summary>
    public string Topic { get; init; } = "k2i_bench";

    /// <summary>Topics, and tables that they are read into: each topic into its own, and all into one.</summary>
    public int Tables { get; init; } = 1;

    /// <summary>Threads that ask for rows of the one table all the while.</summary>
    public int Readers { get; init; }

    internal IReadOnlyList<string> Topics => Tables == 1 ? [Topic]
        : [.. Enumerable.Range(0, Tables).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Topic}_{i:0000}"))];

    public long Records { get; init; } = 2_000_000;

    /// <summary>Of each topic.</summary>
    public int Partitions { get; init; } = 4;

    public int Rounds { get; init; } = 3;

    /// <summary>Of the events.</summary>
    public RecordFormat Format { get; init; } = RecordFormat.Json;

    public long MemoryBytes { get; init; } = 512L << 20;

    public int Lanes { get; init; } = EngineOptions.AutoLanes;

    /// <summary>Where each run's warehouse is made and removed.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// A location in an object store to compare with this machine's disk, reached as the environment says (<c>AWS_ENDPOINT_URL_S3</c> and
    /// its like); null for none.
    /// </summary>
    public string? Warehouse { get; init; }

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
