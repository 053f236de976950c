using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>One run: hosts, a Kafka cluster, a store, a catalog, and everybody who does something to them, under one scheduler.</summary>
internal sealed class World
{
    private static readonly string[] TableNames = ["events", "copies"];

    private const string Warehouse = "memory://store/warehouse";

    private readonly SimProcess network = new("network");

    internal World(SimOptions options, TextWriter? everything = null)
    {
        Options = options;
        Trace = new(everything);
        Scheduler = new(Dice.For(options.Seed, "schedule"), Trace, options.Stickiness);
        Clock = new(Scheduler);
        Broker = new(Scheduler, Dice.For(options.Seed, "kafka")) { TextBytes = options.TextBytes, Routes = options.Routes };
        if (options.Writers > 0) Broker.Schemas = new(Scheduler, Dice.For(options.Seed, "writers"), options.Writers, options.ActiveMs);
        Objects = new("memory://store", Clock);
        Watch = new(Objects, Scheduler);
        var ids = new SimRandom(Dice.For(options.Seed, "catalog"));
        Server = new(Objects, Warehouse, Clock, ids, Watch);
        var honest = new FaultyCalls(Scheduler, Dice.For(options.Seed, "honest"), new(), network);
        HonestStore = new SimStore(Objects, honest, Watch);
        HonestCatalog = options.FileCatalog ? new FileCatalog(HonestStore, Warehouse, Clock, random: ids) : Server;
        Hosts = [.. Enumerable.Range(1, options.Hosts).Select(n => new SimHost(this, $"h{n}"))];
        Reader = new(this);
        Tables = [.. TableNames.Take(options.Tables).Select(t => TableIdent.Parse("default." + t))];
        Routed = [.. Enumerable.Range(0, options.Routes).Select(r => TableIdent.Parse($"default.events_k{r}"))];
        Broker.CommittedBelow = (topic, partition) => Math.Min(Tables.Min(t => Next(t, topic, partition) ?? 0),
            Routed.Select(t => Next(t, topic, partition)).Min() ?? long.MaxValue);
        Trace.Add(0, "world", options.ToString());
    }

    internal SimOptions Options { get; }

    internal Trace Trace { get; }

    internal Scheduler Scheduler { get; }

    internal SimClock Clock { get; }

    internal SimBroker Broker { get; }

    internal MemoryStore Objects { get; }

    internal TableWatch Watch { get; }

    internal CatalogServer Server { get; }

    /// <summary>As other engines see them: without faults.</summary>
    internal IObjectStore HonestStore { get; }

    internal ICatalog HonestCatalog { get; }

    internal ImmutableArray<SimHost> Hosts { get; }

    internal SimProcess Network => network;

    /// <summary>Who reads the tables all the while.</summary>
    internal Reader Reader { get; }

    /// <summary>The tables; each gets every record.</summary>
    internal ImmutableArray<TableIdent> Tables { get; }

    /// <summary>The tables of the values, whose home the one table is; none where each table gets every record.</summary>
    internal ImmutableArray<TableIdent> Routed { get; }

    /// <summary>Pauses that something the world did explains.</summary>
    internal HashSet<PauseReason> Explained { get; } = [PauseReason.PermissionDenied];

    internal EngineOptions OptionsFor(int lanes) => new()
    {
        Lanes = lanes,
        FlushThreads = 2,
        Kafka = new() { Brokers = "simulated:9092" },
        Iceberg = new() { Warehouse = Warehouse, FormatVersion = Options.FormatVersion, Catalog = Options.FileCatalog ? "file" : "rest" },
        DataDirectory = SimHost.DataDirectory,
        MemoryBytes = Options.MemoryBytes,
        WalMode = Options.WalMode,
        WalFileBytes = Options.WalFileBytes,
        ShutdownTimeoutMs = 20_000,
        EncodeHelpers = 0,
        Maintenance = new() { EveryCommits = 2, EveryMs = 5_000, ExpiryEveryMs = 4_000, LookMs = 2_000, LongestReadMs = 20_000 },
        Tables =
        [
            .. Tables.Select(t => new TableOptions
            {
                Name = t.Name,
                Topics = [.. Enumerable.Range(0, Options.Topics).Select(TopicName)],
                Routing = Options.Routes > 0 ? new() { Field = "kind", Table = "events_${value}" } : null,
                Format = Options.Writers > 0 ? RecordFormat.Avro : RecordFormat.Json,
                Columns = Options.Infer || Options.Writers > 0 ? null : "id: long, text: string",
                Key = Options is { Readers: true, Infer: false } ? ["id"] : [],
                InferRecords = 50,
                UnknownFields = Options.NewFields > 0 || Options.Writers > 0 ? UnknownFields.Evolve : UnknownFields.Ignore,
                PartitionBy = Options.Infer ? null : Options.PartitionBy,
                Flush = Options.Flush,
                DeadLetterPolicy = Options.DeadLetters,
                TombstonePolicy = Options.Tombstone,
                IsMaintained = Options.Maintained,
                Maintenance = Upkeep,
            }),
        ],
    };

    /// <summary>
    /// Much at a time, and of what is young too. Of orphans only their age tells that no other host is about to commit them.
    /// </summary>
    private static MaintenancePolicy Upkeep => new()
    {
        Compaction = new() { TargetFileBytes = 64 << 10, LeastFiles = 2, SettleMs = 300, QuietMs = 8_000 },
        Expiry = new() { MaxAgeMs = 3_000, MinSnapshots = 2 },
        Manifests = new() { MostSmall = 4 },
        Orphans = null,
    };

    internal static string TopicName(int index) => $"topic{index}";

    internal EngineServices ServicesOf(SimHost host, SimProcess process, IClock clock, IRandom random)
    {
        var store = new SimStore(Objects, new(Scheduler, Dice.For(Options.Seed, host.Name + " store"), host.StoreFaults, network), Watch);
        ICatalog catalog = Options.FileCatalog
            ? new FileCatalog(store, Warehouse, clock, random: random)
            : new SimCatalog(Server, new(Scheduler, Dice.For(Options.Seed, process.Name + " catalog"), host.CatalogFaults, network));
        return new()
        {
            Objects = store,
            Catalog = catalog,
            Files = new SimFileSystem(host.Disk, Scheduler),
            Clock = clock,
            Random = random,
            OpenConsumer = (options, listener, log) => new SimConsumer(Broker, process, clock, options, listener, log),
            OpenQueries = (_, _) => new SimQueries(Broker),
            OpenProducer = (_, _) => new SimProducer(Broker, process),
            Schemas = Broker.Schemas?.Seen(host.Schemas, Dice.For(Options.Seed, process.Name + " schemas")),
        };
    }

    /// <summary>The record that a row of a table was made of; null for one that nobody produced.</summary>
    internal SimRecord? RecordOf(JsonElement row)
    {
        var from = row.GetProperty("_kafka");
        var topic = from.GetProperty("topic").GetString();
        var (partition, offset) = (from.GetProperty("partition").GetInt32(), from.GetProperty("offset").GetInt64());
        if (row.GetProperty("id").ValueKind == JsonValueKind.Null)
        {
            var key = from.GetProperty("key").GetString();
            return Broker.Everything.FirstOrDefault(r =>
                r.Kind == RecordKind.Tombstone && IsThere(r) && Convert.ToHexStringLower(r.Key) == key);
        }
        var id = row.GetProperty("id").GetInt64();
        if (id < 1 || id > Broker.Everything.Count) return null;
        var record = Broker.Everything[(int)id - 1];
        var isSame = record.Writer is { } writer
            ? writer.Matches(record, row, Broker.Schemas!.Dropped) : record.Text == row.GetProperty("text").GetString();
        return isSame && IsThere(record) ? record : null;

        bool IsThere(SimRecord r) => r.Topic.Name == topic && r.Partition == partition && r.Offset == offset;
    }

    /// <summary>The table that a record is to be in; null for none of its own.</summary>
    internal TableIdent? RouteOf(SimRecord record) =>
        Options.Routes > 0 && record.Kind == RecordKind.Row ? Routed[(int)(record.Id % Options.Routes)] : null;

    private long? Next(TableIdent ident, SimTopic topic, int partition) =>
        Load(ident) is { } table && OffsetMap.Of(table) is var offsets && offsets.TopicId(topic.Name) == topic.Id
            ? offsets.Next(topic.Name, partition)?.Value : null;

    internal void Note(string who, string what) => Trace.Add(Scheduler.NowMs, who, what);

    /// <summary>The newest state of a table; null before there is one.</summary>
    internal Table? Load(TableIdent ident) => HonestCatalog.TryLoad(ident);

    /// <summary>Runs the world with a story to its end. Throws <see cref="SimFailure"/> with the last lines of the trace.</summary>
    internal void Run(Action story)
    {
        Scheduler.Start(new("kafka"), "group", Broker.Coordinate);
        foreach (var host in Hosts) Scheduler.Start(new(host.Name), "init", host.Supervise);
        Scheduler.Run(story);
    }
}
