using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Commands;
using K2I.Cli.Running;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Demo;

/// <summary>
/// The main job on one machine, nothing faked: a Kafka broker in this process, a producer of shop events, the engine with its own consumer, and an Iceberg table in
/// a local warehouse that any engine can read.
/// </summary>
internal sealed class Demo(DemoOptions options, Terminal terminal, ILog log)
{
    private const string Topic = "events";
    private const int Partitions = 8, TickMs = 500;

    /// <summary>Of the columns of a line, the most telling first.</summary>
    private static readonly int[] Widths = [7, 11, 13, 9, 11, 8, 11, 7];

    /// <summary>The embedded broker keeps 5 MiB a partition: the producer stays within that ahead of the engine.</summary>
    private const long MaxAhead = 60_000;

    private readonly TextWriter output = terminal.Out;
    private long produced;
    private volatile bool stop;
    private volatile EngineException? failure;

    /// <summary>Runs until every record is in the table, or a stop. Throws what kept it from that.</summary>
    internal void Run()
    {
        PrepareFolder();
        using var broker = new EmbeddedBroker(log);
        broker.CreateTopic(Topic, Partitions);
        var engineOptions = EngineOptions(broker);
        using var engine = new Engine(engineOptions, Services.Of(engineOptions) with { Schemas = EventSchemas.Of(options.Format) }, log);
        using var signals = new StopSignals(_ => stop = true, code => Environment.Exit((int)code), () => { });
        output.WriteLine($"broker     embedded, {broker.BootstrapServers}, topic {Topic}, {Partitions} partitions");
        output.WriteLine($"table      default.events below {Warehouse}");
        output.WriteLine();
        Print("time", "produced", "in the table", "rows/s", "fetched", "lag", "snapshots", "files");

        var started = Environment.TickCount64;
        var workers = engine.Workers.Select(w => Start(w.Name, w.Run)).ToList();
        var producer = Start("produce", () => Produce(broker.BootstrapServers, engine));
        Watch(engine, producer, started);
        engine.RequestStop();
        foreach (var worker in workers) worker.Join();
        producer.Join();
        if (failure is { } failed) throw failed;
        Show();
    }

    private string Warehouse => Path.Combine(options.Directory, "warehouse");

    private static Thread Start(string name, Action run)
    {
        var thread = new Thread(() => run()) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private EngineOptions EngineOptions(EmbeddedBroker broker) => new()
    {
        Kafka = new() { Brokers = broker.BootstrapServers, Group = "k2i-demo", Properties = EmbeddedBroker.ConsumerProperties.ToImmutableSortedDictionary() },
        Iceberg = new() { Warehouse = Warehouse },
        DataDirectory = Path.Combine(options.Directory, "data"),
        MemoryBytes = 256L << 20,
        Tables =
        [
            EventGenerator.Into("events", [Topic], options.Format) with { PartitionBy = options.PartitionBy, Flush = new() { AgeMs = 2_000 } },
        ],
    };

    /// <summary>Makes room for a fresh run; refuses a folder that holds something else.</summary>
    private void PrepareFolder()
    {
        var marker = Path.Combine(options.Directory, ".k2i-demo");
        if (Directory.Exists(options.Directory) && Directory.EnumerateFileSystemEntries(options.Directory).Any())
        {
            if (!File.Exists(marker)) throw new EngineException(ErrorKind.Invalid, $"{options.Directory} is not empty and not from an earlier demo; choose another with --dir");
            Directory.Delete(options.Directory, recursive: true);
        }
        Directory.CreateDirectory(options.Directory);
        File.WriteAllText(marker, "");
    }

    private void Produce(string brokers, Engine engine)
    {
        try
        {
            using var producer = new KafkaProducer(new() { Client = new() { Brokers = brokers, ClientId = "k2i-demo-producer" }, Idempotent = false }, NullLog.Instance);
            var events = new EventGenerator(7, SystemClock.Instance.UnixMs, options.Format);
            for (var n = 0L; n < options.Records && !stop; n++)
            {
                if (n % 500 == 0)
                {
                    Volatile.Write(ref produced, n);
                    while (n - engine.Status().Tables[0].Records > MaxAhead && !stop) Thread.Sleep(1);
                }
                if (n == options.Records / 2) events.Version = EventSchemas.Versions;
                events.Make(n);
                producer.Produce(new() { Topic = Topic, Partition = (int)(n / 100 % Partitions), Key = events.Key, HasKey = true, Value = events.Value });
            }
            if (!producer.Flush(30_000) || producer.Failed > 0) throw new EngineException(ErrorKind.Unavailable, $"could not produce: {producer.LastError}");
            Volatile.Write(ref produced, producer.Produced);
        }
        catch (EngineException e)
        {
            failure = e;
        }
    }

    private void Watch(Engine engine, Thread producer, long started)
    {
        while (true)
        {
            Thread.Sleep(TickMs);
            var table = engine.Status().Tables[0];
            var seconds = (Environment.TickCount64 - started) / 1000.0;
            Print(
                seconds.ToString("F1", CultureInfo.InvariantCulture) + " s", TableFacts.Grouped(Volatile.Read(ref produced)), TableFacts.Grouped(table.RowsCommitted),
                TableFacts.Grouped((long)(table.RowsCommitted / seconds)), TableFacts.Grouped(table.Records),
                TableFacts.Grouped(Math.Max(0, Volatile.Read(ref produced) - table.Records)), TableFacts.Grouped(table.Commits), TableFacts.Grouped(table.DataFiles));
            if (table.State is TableState.Paused or TableState.Failed) failure = new(ErrorKind.Fatal, $"the table stands still: {table.Detail}");
            if (failure is not null || stop || (!producer.IsAlive && table.RowsCommitted >= Volatile.Read(ref produced))) return;
        }
    }

    private void Show()
    {
        output.WriteLine();
        var catalogs = Catalogs.Open(new() { Warehouse = Warehouse });
        var table = catalogs.Catalog.Load(catalogs.IdentOf("events"));
        new TablePage(table, catalogs, options: null, everyFile: false).PrintText(terminal);
        output.WriteLine();
        output.WriteLine("rows, the first 5");
        TableRows.Print(new TableScan(table, catalogs.Store), 5, "json", output);
        output.WriteLine();
        foreach (var line in Commands(Shell.Self(terminal.Environment), Path.GetFullPath(Warehouse))) output.WriteLine(line);
    }

    /// <summary>What to do with the table, to be pasted: never broken into lines.</summary>
    internal static IEnumerable<string> Commands(string k2i, string warehouse)
    {
        var place = Shell.Quote(warehouse);
        var table = $"{warehouse}/default/events".Replace("'", "''", StringComparison.Ordinal);
        const string count = "SELECT event_type, count(*), sum(amount) FROM";
        return
        [
            "Look at it again, read rows, check it:",
            $"  {k2i} tables show events -w {place}",
            $"  {k2i} tables read events -w {place} --filter \"amount > 100\" --limit 5",
            $"  {k2i} tables check events -w {place}",
            "Read it with DuckDB, by its catalog:",
            $"  duckdb -c {Shell.Quote($"INSTALL iceberg; LOAD iceberg; {count} iceberg_scan('{table}') GROUP BY ALL;")}",
            "Read its files alone, those of no snapshot among them, without taking folders for columns:",
            $"  duckdb -c {Shell.Quote($"{count} read_parquet('{table}/data/**/*.parquet', hive_partitioning = false) GROUP BY ALL;")}",
        ];
    }

    /// <summary>As many cells of a line as the terminal has room for.</summary>
    private void Print(params string[] cells)
    {
        var line = "";
        for (var at = 0; at < cells.Length && line.Length + Widths[at] <= (terminal.Width ?? int.MaxValue); at++) line += cells[at].PadLeft(Widths[at]);
        output.WriteLine(line);
        output.Flush();
    }
}
