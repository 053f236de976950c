using System.Collections.Immutable;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Memory;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>The world outside the engine, as its assembler gives it: real, or simulated under one seed.</summary>
public sealed record EngineServices
{
    /// <summary>Where the tables' files lie.</summary>
    public required IObjectStore Objects { get; init; }

    public required ICatalog Catalog { get; init; }

    /// <summary>Breakers in front of catalog and store, for status.</summary>
    public ImmutableArray<CircuitBreaker> Circuits { get; init; } = [];

    /// <summary>The local disk: log files and small state.</summary>
    public IFileSystem Files { get; init; } = LocalFileSystem.Instance;

    public IClock Clock { get; init; } = SystemClock.Instance;

    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Schemas that records name; null where no table has such records.</summary>
    public ISchemaSource? Schemas { get; init; }

    /// <summary>Joins a consumer group.</summary>
    public Func<ConsumerOptions, IConsumerListener, ILog, IConsumer> OpenConsumer { get; init; } = (options, listener, log) => new KafkaConsumer(options, listener, log);

    /// <summary>Opens a client that asks about topics and offsets.</summary>
    public Func<ClientOptions, ILog, IKafkaQueries> OpenQueries { get; init; } = (options, log) => new KafkaAdmin(options, log);

    /// <summary>Opens a producer, for dead letters.</summary>
    public Func<ProducerOptions, ILog, IProducer> OpenProducer { get; init; } = (options, log) => new KafkaProducer(options, log);
}
