using K2I.Base;

namespace K2I.Cli.Config;

/// <summary>What is logged, how, and where to.</summary>
internal sealed record LogOptions
{
    public LogLevel Level { get; init; } = LogLevel.Info;

    public bool Json { get; init; }

    /// <summary>Null for standard error.</summary>
    public string? File { get; init; }

    public long FileBytes { get; init; } = 64 << 20;

    /// <summary>How many full files are kept beside the current one.</summary>
    public int FileCount { get; init; } = 5;
}
