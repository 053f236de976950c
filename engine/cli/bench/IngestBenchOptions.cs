using System.Collections.Immutable;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench ingest</c> runs against.</summary>
internal sealed record IngestBenchOptions
{
    /// <summary>Kafka to read from; null for the embedded broker, filled while it is read: it keeps too little to be filled before.</summary>
    public string? Brokers { get; init; }

    public string Topic { get; init; } = "k2i_bench";

    public long Records { get; init; } = 2_000_000;

    public int Partitions { get; init; } = 4;

    public int Rounds { get; init; } = 3;

    public long MemoryBytes { get; init; } = 512L << 20;

    public int Lanes { get; init; } = EngineOptions.AutoLanes;

    /// <summary>Where each run's warehouse is made and removed.</summary>
    public required string Directory { get; init; }

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
