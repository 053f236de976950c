namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench index</c> measures with.</summary>
internal sealed record IndexBenchOptions
{
    /// <summary>Different keys in the index; measured with each.</summary>
    public required int[] Keys { get; init; }

    /// <summary>Fills of one index: of each call of the writer, the shortest time counts.</summary>
    public required int Rounds { get; init; }

    public required bool Json { get; init; }
}
