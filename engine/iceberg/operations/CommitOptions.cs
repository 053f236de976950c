namespace K2I.Iceberg;

/// <summary>How long a commit is tried. The table's properties <c>commit.retry.num-retries</c> and <c>commit.retry.total-timeout-ms</c>, where set, take precedence.</summary>
public sealed record CommitOptions
{
    public int Retries { get; init; } = 20;

    public int MinWaitMs { get; init; } = 50;

    public int MaxWaitMs { get; init; } = 10_000;

    public long TotalMs { get; init; } = 1_800_000;

    /// <summary>How often a table is reloaded to find out about a commit whose answer was lost, before the commit stays Unknown.</summary>
    public int StatusChecks { get; init; } = 5;
}
