using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Demo;
using K2I.Cli.Running;
using K2I.Kafka;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Bench;

/// <summary>
/// The main job, measured: a topic of generated events is read by a bare consumer (the floor), ingested into a fresh table with everything
/// on, and ingested with a log that holds no records (what the log costs), in turns in one process, so that the three can be compared.
/// Instead of the last there may be several tables, readers that ask all the time, or an object store. Events that name their schemas are, the
/// third time, of a newer one from the middle on: what a change of the table costs under load.
/// </summary>
internal sealed class IngestBench(IngestBenchOptions options, TextWriter output)
{
    private const ulong Seed = 42;

    private ClientOptions client = new() { Brokers = options.Brokers ?? "", ClientId = "k2i-bench", Properties = [.. options.Properties] };

    internal void Run()
    {
        if (options.Brokers is not null) Fill();
        else output.WriteLine("embedded broker: producer, broker and reader share this process, and all of their CPU is counted");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{options.Records:N0} records in {options.Tables} × {options.Partitions} partitions, {options.Rounds} rounds, "
                + $"{Environment.ProcessorCount} cores"));
        output.WriteLine("round  what             records/s  cpu µs/record  alloc B/record  rss MiB  peak MiB   MB/s in   B/row out");
        var bare = new List<Cost>();
        var ingest = new List<Cost>();
        var other = new List<Cost>();
        var (disk, store) = (new List<double>(), new List<double>());
        var what = options.Warehouse is not null ? "to the store"
            : IsAboutSchemas ? "new schema" : options.Tables > 1 ? string.Create(CultureInfo.InvariantCulture, $"{options.Tables} tables")
            : IsAboutReaders ? string.Create(CultureInfo.InvariantCulture, $"{options.Readers} readers") : "wal = offsets";
        for (var round = 1; round <= options.Rounds; round++)
        {
            bare.Add(Measure(round, "bare consumer", () => WithTopic(ReadBare)));
            ingest.Add(Measure(round, options.Tables == 1 ? "ingest" : "one table",
                () => WithTopic(gate => Ingest(gate, OneTable, rates: disk))));
            other.Add(Measure(round, what, () => WithTopic(gate =>
                options.Warehouse is { } location ? Ingest(gate, OneTable, warehouse: location, rates: store)
                    : options.Tables > 1 ? Ingest(gate, TableOfEachTopic)
                    : Ingest(gate, OneTable, IsAboutSchemas || IsAboutReaders ? WalMode.Records : WalMode.Offsets, options.Readers),
                changesSchema: IsAboutSchemas)));
        }
        var (floor, one, last) = (Median(bare, c => c.CpuUs), Median(ingest, c => c.CpuUs), Median(other, c => c.CpuUs));
        Tell($"cpu per record over the bare consumer's, median of rounds: {one / floor:F2}");
        if (options.Warehouse is not null) Tell($"rows a second with files in the store over disk: {Median(store) / Median(disk):F3}");
        else if (IsAboutReaders)
            Tell($"records a second beside readers over those without: {Median(other, c => c.Rate) / Median(ingest, c => c.Rate):F2}");
        else if (IsAboutSchemas) Tell($"of that a new schema in the middle: {last - one:F3} µs");
        else if (options.Tables > 1) Tell($"{options.Tables} tables over one: {last / one:F2}");
        else Tell($"of that the records in the log: {one - last:F3} µs");
    }

    /// <summary>What a run took.</summary>
    /// <param name="CpuUs">Of a record, in µs.</param>
    /// <param name="Rate">Records a second.</param>
    private readonly record struct Cost(double CpuUs, double Rate);

    private bool IsAboutReaders => options is { Readers: > 0, Tables: 1 };

    /// <summary>Only a topic that is filled anew each time can have others in it.</summary>
    private bool IsAboutSchemas => options is { Brokers: null, Tables: 1, Readers: 0, Format: not RecordFormat.Json };

    private ImmutableArray<TableOptions> OneTable => [Into("events", options.Topics)];

    private ImmutableArray<TableOptions> TableOfEachTopic => [.. options.Topics.Select(t => Into(t, [t]))];

    private TableOptions Into(string name, IReadOnlyList<string> topics) =>
        EventGenerator.Into(name, topics, options.Format) with
        {
            Flush = options.Warehouse is null ? new() { AgeMs = 10_000, Bytes = 1L << 40, Rows = 1L << 40 } : new()
        };

    private void Tell(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static double Median(List<Cost> runs, Func<Cost, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private Cost Measure(int round, string what, Func<(long BytesIn, long BytesOut)> work)
    {
        GC.Collect();
        Usage.ResetPeak();
        var before = Usage.Now();
        var (bytesIn, bytesOut) = work();
        var after = Usage.Now();
        var (resident, peak) = Usage.Resident();
        var seconds = after.Seconds(before);
        var cpu = after.CpuSeconds(before) / options.Records * 1e6;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{round,5}  {what,-14} {options.Records / seconds,11:N0} {cpu,14:F3} {(after.AllocatedBytes - before.AllocatedBytes) / (double)options.Records,15:F2} {resident >> 20,8} {peak >> 20,9} {bytesIn / seconds / 1e6,9:F1} {(bytesOut == 0 ? "" : (bytesOut / (double)options.Records).ToString("F1", CultureInfo.InvariantCulture)),11}"));
        return new(cpu, options.Records / seconds);
    }

    /// <summary>Runs a reader of the topic; with the embedded broker, on one of its own and next to the producer that feeds it.</summary>
    private (long BytesIn, long BytesOut) WithTopic(Func<FeedGate, (long, long)> read, bool changesSchema = false)
    {
        var gate = new FeedGate();
        if (options.Brokers is not null) return read(gate);
        using var broker = new EmbeddedBroker(NullLog.Instance);
        foreach (var topic in options.Topics) broker.CreateTopic(topic, options.Partitions);
        client = client with { Brokers = broker.BootstrapServers, Properties = [.. options.Properties, .. EmbeddedBroker.ConsumerProperties] };
        EngineException? failure = null;
        void Feed()
        {
            try
            {
                Produce(0, gate, changesSchema);
            }
            catch (EngineException e)
            {
                failure = e;
            }
        }

        var producer = new Thread(Feed) { Name = "produce", IsBackground = true };
        producer.Start();
        var result = read(gate);
        producer.Join();
        return failure is null ? result : throw failure;
    }

    private (long BytesIn, long BytesOut) ReadBare(FeedGate gate)
    {
        var consumer = new BareConsumer();
        gate.Consumed = () => consumer.Records;
        consumer.Read(client, options.Topics, options.Records, 64 << 20);
        return (consumer.Bytes, 0);
    }

    /// <param name="rates">Takes how many rows a second came, until the last one and before it was committed.</param>
    private (long BytesIn, long BytesOut) Ingest(FeedGate gate, ImmutableArray<TableOptions> tables, WalMode wal = WalMode.Records,
        int readers = 0, string? warehouse = null, List<double>? rates = null)
    {
        var directory = Path.Combine(options.Directory, $"run-{Guid.NewGuid():N}");
        var engineOptions = new EngineOptions
        {
            Kafka = new() { Brokers = client.Brokers, Group = $"k2i-bench-{Guid.NewGuid():N}", Properties = client.Properties.ToImmutableSortedDictionary() },
            Iceberg = new() { Warehouse = warehouse is null ? directory : $"{warehouse}/{Path.GetFileName(directory)}" },
            MemoryBytes = options.MemoryBytes,
            Lanes = options.Lanes,
            DataDirectory = Path.Combine(directory, "data"),
            WalMode = wal,
            // What memory holds has room in the log, too.
            WalMaxBytes = Math.Max(1L << 30, 2 * options.MemoryBytes),
            Tables = tables,
        };
        try
        {
            var services = Services.Of(engineOptions) with { Schemas = EventSchemas.Of(options.Format) };
            using var engine = new Engine(engineOptions, services, new FailureLog(output));
            gate.Consumed = () => engine.Status().Tables.Sum(t => t.Records);
            var threads = engine.Workers.Select(w => new Thread(() => w.Run()) { Name = w.Name }).ToArray();
            foreach (var thread in threads) thread.Start();
            var (pause, flushes, started) = (new LongestPause(), new SeenFlushes(), Stopwatch.GetTimestamp());
            BusyReaders? busy = null;
            try
            {
                while (engine.Status().Tables is var now && now.Sum(t => t.Rows) is var rows && rows < options.Records
                    && !now.Any(t => t.State is TableState.Paused or TableState.Failed) && busy is not { AreWell: false })
                {
                    if (readers > 0 && now[0].State == TableState.Running)
                        busy ??= new BusyReaders(engine, engineOptions, tables[0].Name, "user_id < 50000", readers);
                    pause.Note(rows);
                    flushes.Note(now[0]);
                    Thread.Sleep(tables.Length == 1 ? 5 : 50);
                }
                rates?.Add(options.Records / Stopwatch.GetElapsedTime(started).TotalSeconds);
                if (busy is not null) Tell($"       {busy.Stop()}");
            }
            finally
            {
                busy?.Dispose();
            }
            engine.RequestStop();
            foreach (var thread in threads) thread.Join();
            var done = engine.Status().Tables;
            if (done.Sum(t => t.RowsCommitted) is var committed && committed != options.Records)
            {
                var worst = done.MaxBy(t => t.LastError.Length)!;
                throw new EngineException(ErrorKind.Fatal, $"{committed} of {options.Records} rows were committed; "
                    + $"{worst.Name}: {worst.State} {worst.Detail} {worst.LastError}");
            }
            if (options.Warehouse is not null) Tell($"       {rates![^1]:N0} rows a second; {flushes}");
            if (warehouse is not null) Remove(services.Objects, engineOptions.Iceberg.Warehouse);
            if (IsAboutSchemas)
            {
                var changes = done.Sum(t => t.SchemaChanges);
                var (commits, files) = (done.Sum(t => t.Commits), done.Sum(t => t.DataFiles));
                var ms = pause.LongestMs;
                Tell($"       {changes} changes of the schema, {commits} commits, {files} files; longest without a new row {ms} ms");
            }
            return (done.Sum(t => t.RecordBytes), done.Sum(t => t.DataFileBytes));
        }
        finally
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    private static void Remove(IObjectStore store, string folder) =>
        _ = store.DeleteAll([.. store.List(folder + "/").Select(o => o.Location)]);

    /// <summary>Brings the topic to the number of records asked for.</summary>
    private void Fill()
    {
        using var admin = new KafkaAdmin(client, NullLog.Instance);
        var there = admin.ListTopics(30_000).ToHashSet(StringComparer.Ordinal);
        foreach (var topic in options.Topics.Where(t => !there.Contains(t))) admin.CreateTopic(topic, options.Partitions, 30_000);
        var present = Present();
        if (present > options.Records) throw new EngineException(ErrorKind.Invalid, $"topic {options.Topic} holds {present} records already; use a topic of its own, or --records {present}");
        Produce(present, gate: null, changesSchema: false);
    }

    private void Produce(long from, FeedGate? gate, bool changesSchema)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = client.Brokers }, Idempotent = false, LingerMs = 20 }, NullLog.Instance);
        var events = new EventGenerator(Seed, 1_767_225_600_000, options.Format);
        var topics = options.Topics;
        for (var n = from; n < options.Records; n++)
        {
            if (n % 1_000 == 0) gate?.Wait(n, options.Partitions);
            if (changesSchema && n == options.Records / 2) events.Version = EventSchemas.Versions;
            events.Make(n);
            var topic = topics[(int)(n % topics.Count)];
            producer.Produce(new() { Topic = topic, Partition = (int)(n / topics.Count % options.Partitions), Key = events.Key, HasKey = true, Value = events.Value });
        }
        if (!producer.Flush(120_000) || producer.Failed > 0) throw new EngineException(ErrorKind.Unavailable, $"could not produce to {options.Topic}: {producer.LastError}");
    }

    private long Present()
    {
        using var probe = new KafkaAdmin(client, NullLog.Instance);
        var deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            try
            {
                var partitions = options.Topics.SelectMany(t => Enumerable.Range(0, options.Partitions).Select(p => new TopicPartition(t, p)));
                return partitions.Sum(p => probe.QueryWatermarks(p, 30_000).HighOffset.Value);
            }
            catch (EngineException e) when (e.Retryable && Environment.TickCount64 < deadline)
            {
                // A topic just created has no leaders for a moment.
                Thread.Sleep(100);
            }
        }
    }

    /// <summary>For how long no row came, between the first one and the last.</summary>
    private struct LongestPause()
    {
        private long rows;
        private long sinceMs = Environment.TickCount64;

        internal long LongestMs { get; private set; }

        internal void Note(long now)
        {
            if (now == rows) return;
            var nowMs = Environment.TickCount64;
            if (rows > 0) LongestMs = Math.Max(LongestMs, nowMs - sinceMs);
            (rows, sinceMs) = (now, nowMs);
        }
    }

    /// <summary>Says what goes wrong in a run, and nothing else.</summary>
    private sealed class FailureLog(TextWriter output) : ILog
    {
        public bool IsOn(LogLevel level) => level >= LogLevel.Warn;

        public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
        {
            var text = string.Join(' ', fields.ToArray().Select(f => $"{f.Name}={f.Value}"));
            lock (output) output.WriteLine($"{level}: {message} {text}");
        }
    }
}
