using System.Collections.Immutable;

namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench scan</c> was asked for.</summary>
internal sealed record ScanBenchOptions
{
    public required int Rows { get; init; }

    /// <summary>Turns of each question; the fastest counts.</summary>
    public required int Rounds { get; init; }

    /// <summary>Filters that are measured, and nothing else; none: the usual ones, and each form of output.</summary>
    public required ImmutableArray<string> Filters { get; init; }

    public required bool Json { get; init; }
}
