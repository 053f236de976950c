namespace K2I.Pipeline;

/// <summary>What looking after tables may take of the process.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Tables that are looked after at a time, each by a thread of its own; 0: none is.</summary>
    public int Threads { get; init; } = 1;

    public const long DefaultMemoryBytes = 128L << 20;

    /// <summary>Native memory of one job, beside that of rows.</summary>
    public long MemoryBytes { get; init; } = DefaultMemoryBytes;

    /// <summary>How much of a core each thread may use, over 0 up to 1.</summary>
    public double CpuShare { get; init; } = 0.5;
}
