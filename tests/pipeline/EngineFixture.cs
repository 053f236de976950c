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
    private int images;

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

    /// <summary>The real world, with the file catalog of the options' warehouse.</summary>
    public static EngineServices Services(EngineOptions options)
    {
        var warehouse = Location.FromConfig(options.Iceberg.Warehouse);
        var store = new LocalStore(warehouse);
        return new() { Objects = store, Catalog = new FileCatalog(store, warehouse) };
    }

    public RunningEngine Start(EngineOptions options, EngineServices? services = null)
    {
        var engine = new RunningEngine(options, services ?? Services(options), Log);
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

    /// <summary>What a crash at this instant would leave on disk. Calling it, once the engine has ended, puts that back in place.</summary>
    public Action CrashImage(EngineOptions options)
    {
        var image = Path.Combine(Folder, $"crash-{images++}");
        // Data first: a warehouse that is younger than the log is what a crash can leave, the other way round is not.
        Copy(options.DataDirectory, Path.Combine(image, "data"));
        Copy(options.Iceberg.Warehouse, Path.Combine(image, "warehouse"));
        return () =>
        {
            Directory.Delete(options.DataDirectory, recursive: true);
            Directory.Delete(options.Iceberg.Warehouse, recursive: true);
            Directory.Move(Path.Combine(image, "data"), options.DataDirectory);
            Directory.Move(Path.Combine(image, "warehouse"), options.Iceberg.Warehouse);
        };
    }

    public Table Load(string table) => Services(Options()).Catalog.Load(TableIdent.Parse(table));

    /// <summary>The rows of a table as JSON lines; none if there is no table.</summary>
    public string[] Rows(string table)
    {
        var services = Services(Options());
        if (services.Catalog.TryLoad(TableIdent.Parse(table)) is not { } loaded) return [];
        using var reader = new TableScan(loaded, services.Objects).Read();
        var json = new RowJson();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return Encoding.UTF8.GetString(json.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public string[] DeadLetters(string table) => Rows($"default.{table}_dead_letters");

    public void Dispose()
    {
        foreach (var engine in running) engine.Dispose();
        Broker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.GetFiles(from))
            if (!file.EndsWith(".tmp", StringComparison.Ordinal) && Path.GetFileName(file) != "lock") File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
