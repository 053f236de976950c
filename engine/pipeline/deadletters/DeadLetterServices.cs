using K2I.Base;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>What dead letters are made lasting with.</summary>
internal sealed record DeadLetterServices
{
    /// <summary>The main table's full name.</summary>
    internal required TableIdent Table { get; init; }

    internal required ICatalog Catalog { get; init; }

    internal required IObjectStore Objects { get; init; }

    internal required ParquetBuffers ParquetBuffers { get; init; }

    /// <summary>Of the letters' table, where it is created.</summary>
    internal required int FormatVersion { get; init; }

    internal required KafkaOptions Kafka { get; init; }

    internal required Func<ProducerOptions, IProducer> OpenProducer { get; init; }

    /// <summary>Segments of the ring; their letters are collected apart.</summary>
    internal required int Segments { get; init; }

    /// <summary>Of the ring: letters may take a small part of as much beside it.</summary>
    internal required long RingBytes { get; init; }

    internal required ILog Log { get; init; }

    internal required IClock Clock { get; init; }

    internal required IRandom Random { get; init; }

    /// <summary>For <c>dead_letter = pause</c>: records that a person has accepted as bad, by partition the offset of the last one; they go to the letters' table.</summary>
    internal IReadOnlyDictionary<(string Topic, int Partition), Offset> Accepted { get; init; } = new Dictionary<(string, int), Offset>();
}
