namespace K2I.Pipeline;

/// <summary>What looking after tables may take of the process.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Tables that are looked after at a time, each by a thread of its own; 0: none is.</summary>
    public int Threads { get; init; } = 1;

    public const long DefaultMemoryBytes = 128L << 20;

    /// <summary>Native memory of one job, beside that of rows.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;

    /// <summary>How often it is looked whether a table needs something, at most; for the first time so long after the start.</summary>
    public long LookMs { get; init; } = 30_000;

    /// <summary>Commits after which a table is looked at.</summary>
    public int EveryCommits { get; init; } = 10;

    /// <summary>How long a table may lie without being looked at.</summary>
    public long EveryMs { get; init; } = 3_600_000;

    /// <summary>How often snapshots expire at most.</summary>
    public long ExpiryEveryMs { get; init; } = 3_600_000;

    /// <summary>How often orphans are looked for.</summary>
    public long OrphansEveryMs { get; init; } = 86_400_000;

    /// <summary>How often statistics are made at most.</summary>
    public long StatisticsEveryMs { get; init; } = 6 * 3_600_000;

    /// <summary>Who began to read a snapshot has read it by then; until then it does not expire.</summary>
    public long LongestReadMs { get; init; } = 70_000;

    /// <summary>How much of a core each thread may use, over 0 up to 1.</summary>
    public double CpuShare { get; init; } = 0.5;
}
