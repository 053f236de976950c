namespace K2I.Maintenance;

/// <summary>Which files are worth being rewritten.</summary>
public sealed record CompactionPolicy
{
    /// <summary>What files should have; null: the table's <c>write.target-file-size-bytes</c>, else 512 MiB.</summary>
    public long? TargetFileBytes { get; init; }
}
