using K2I.Parquet;

namespace K2I.Cli.Bench;

/// <summary>What <c>k2i bench parquet</c> was asked for.</summary>
internal sealed record ParquetBenchOptions
{
    public long Rows { get; init; } = 1_000_000;

    public int Rounds { get; init; } = 3;

    /// <summary>That encode.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where to leave the file for others to read; null: nowhere.</summary>
    public string? File { get; init; }

    /// <summary>A file to decode instead of the one just written.</summary>
    public string? Read { get; init; }

    public ParquetOptions Layout { get; init; } = ParquetOptions.Default;

    public bool Json { get; init; }
}
