namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench wal</c> measures with.</summary>
internal sealed record WalBenchOptions
{
    /// <summary>A log is made in it and removed.</summary>
    public required string Directory { get; init; }

    /// <summary>Length of a run at a given rate.</summary>
    public required int Seconds { get; init; }

    /// <summary>Size of the log that is opened and replayed.</summary>
    public required long ReplayBytes { get; init; }

    public required bool Json { get; init; }
}
