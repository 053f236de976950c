using System.Collections.Immutable;
using K2I.Registry;

namespace K2I.Pipeline;

/// <summary>Everything the engine is told at start: the typed form of <c>k2i.ini</c>. Checked by its reader; immutable.</summary>
public sealed record EngineOptions
{
    /// <summary>The least memory that a lane works with, by <see cref="MemoryShares"/>.</summary>
    public const long LeastMemoryBytes = 5L << 20;

    /// <summary>What each flush thread needs beside that, for the row group that it encodes.</summary>
    public const long LeastFlushMemoryBytes = 1L << 20;

    public required KafkaOptions Kafka { get; init; }

    public required IcebergOptions Iceberg { get; init; }

    /// <summary>Where the schemas are that records name; null where none do.</summary>
    public RegistryOptions? Registry { get; init; }

    public required ImmutableArray<TableOptions> Tables { get; init; }

    /// <summary>Sections that make tables of the topics that they match.</summary>
    public ImmutableArray<TableTemplate> Templates { get; init; } = [];

    /// <summary>
    /// Memory of all tables together for their rows, fetched records and files being written; see <see cref="MemoryShares"/>. At least
    /// <see cref="LeastMemoryBytes"/> for each lane and <see cref="LeastFlushMemoryBytes"/> for each flush thread.
    /// </summary>
    public long MemoryBytes { get; init; } = 512L << 20;

    /// <summary>A local directory for what must survive a restart beside the tables: the write-ahead log, requests to resume.</summary>
    public string DataDirectory { get; init; } = "./k2i-data";

    /// <summary>Consumers of this process, each with a log and a thread: how many cores fetch and decode.</summary>
    public int Lanes { get; init; } = AutoLanes;

    /// <summary>Threads that flush: how many tables may write or commit at a time.</summary>
    public int FlushThreads { get; init; } = AutoFlushThreads;

    /// <summary>One up to two cores, then half of them.</summary>
    public static int AutoLanes => Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>As many as cores, and some to wait for stores and catalogs.</summary>
    public static int AutoFlushThreads => Math.Clamp(Environment.ProcessorCount, 2, 16);

    /// <summary>What the logs of all lanes may take on disk together; at least four files each.</summary>
    public long WalMaxBytes { get; init; } = 1L << 30;

    public WalMode WalMode { get; init; } = WalMode.Records;

    /// <summary>The size of one log file; they are written with zeros before use and used again.</summary>
    public long WalFileBytes { get; init; } = 64L << 20;

    /// <summary>How long a group of appends may wait for others before it is synced.</summary>
    public long WalGroupMs { get; init; } = 2;

    /// <summary>
    /// How long flushed rows stay in memory for readers, where nobody needs the room; looked after once a second.
    /// </summary>
    public long HotTtlMs { get; init; } = 60_000;

    /// <summary>Memory of all key indexes together, beside <see cref="MemoryBytes"/>; at least 1 MiB.</summary>
    public long IndexBytes { get; init; } = 64L << 20;

    /// <summary>Threads that help flushes encode while cores are idle; 0: each flush encodes alone.</summary>
    public int EncodeHelpers { get; init; } = Math.Clamp(Environment.ProcessorCount - 1, 0, 7);

    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>How long a stop may take to flush and commit before the process leaves anyway.</summary>
    public long ShutdownTimeoutMs { get; init; } = 30_000;
}
