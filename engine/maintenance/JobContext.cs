using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>What jobs on one table work with.</summary>
public sealed record JobContext
{
    public required TableIdent Ident { get; init; }

    public required ICatalog Catalog { get; init; }

    public required IObjectStore Store { get; init; }

    /// <summary>What else this process does with the table.</summary>
    public required ITableUse Use { get; init; }

    /// <summary>Native memory and codecs for reading and writing Parquet; its limit is the job's.</summary>
    public required ParquetBuffers Buffers { get; init; }

    /// <summary>Most native memory that a job may hold at a time.</summary>
    public long MemoryBytes { get; init; } = 128L << 20;

    public IClock Clock { get; init; } = SystemClock.Instance;

    public IRandom Random { get; init; } = SystemRandom.Instance;

    public ILog Log { get; init; } = NullLog.Instance;

    /// <summary>Makes a job's commits.</summary>
    internal TableCommitter Committer => new(Catalog, Store, clock: Clock, log: Log, random: Random);
}
