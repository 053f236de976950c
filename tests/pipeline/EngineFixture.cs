using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>An embedded broker, a warehouse in a temporary folder, and engines run against them.</summary>
public sealed class EngineFixture : IDisposable
{
    private readonly List<RunningEngine> running = [];

    public EngineFixture()
    {
        Folder = Directory.CreateTempSubdirectory("k2i-pipeline-").FullName;
        Broker = new(NullLog.Instance);
    }

    public string Folder { get; }

    public EmbeddedBroker Broker { get; }

    public CollectingLog Log { get; } = new();

    public EngineOptions Options(params TableOptions[] tables) => new()
    {
        Kafka = new() { Brokers = Broker.BootstrapServers, Properties = EmbeddedBroker.ConsumerProperties.ToImmutableSortedDictionary() },
        Iceberg = new() { Warehouse = Path.Combine(Folder, "warehouse") },
        DataDirectory = Path.Combine(Folder, "data"),
        MemoryBytes = 32 << 20,
        ShutdownTimeoutMs = 20_000,
        Tables = [.. tables],
    };

    public RunningEngine Start(EngineOptions options)
    {
        var engine = new RunningEngine(options, Log);
        running.Add(engine);
        return engine;
    }

    public void Produce(string topic, int partition, params string?[] values)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = Broker.BootstrapServers } }, NullLog.Instance);
        foreach (var value in values)
            producer.Produce(new() { Topic = topic, Partition = partition, Value = value is null ? [] : Encoding.UTF8.GetBytes(value), IsTombstone = value is null });
        Assert.True(producer.Flush(30_000));
        Assert.Equal(0, producer.Failed);
    }

    public Table Load(string table)
    {
        var warehouse = Location.FromConfig(Path.Combine(Folder, "warehouse"));
        return new FileCatalog(new SchemeStore().Add("file", new LocalStore(warehouse)), warehouse).Load(TableIdent.Parse(table));
    }

    public string[] DeadLetters(string table)
    {
        var folder = Path.Combine(Folder, "data", "dead-letters", table);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order().SelectMany(File.ReadAllLines)] : [];
    }

    public void Dispose()
    {
        foreach (var engine in running) engine.Dispose();
        Broker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
