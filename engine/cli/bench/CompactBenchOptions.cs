namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench compact</c> was asked for.</summary>
internal sealed record CompactBenchOptions
{
    public required int Rows { get; init; }

    /// <summary>Files that they are in.</summary>
    public required int Files { get; init; }

    public required int FormatVersion { get; init; }

    /// <summary>Turns of each way; the fastest counts.</summary>
    public required int Rounds { get; init; }

    public required bool Json { get; init; }
}
