using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Demo;
using K2I.Cli.Running;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>
/// The main job, measured: a topic of generated events is read by a bare consumer (the floor), ingested into a fresh table with everything on, and ingested with a
/// log that holds no records (what the log costs), in turns in one process, so that the three can be compared.
/// </summary>
internal sealed class IngestBench(IngestBenchOptions options, TextWriter output)
{
    private const ulong Seed = 42;

    private ClientOptions client = new() { Brokers = options.Brokers ?? "", ClientId = "k2i-bench", Properties = [.. options.Properties] };

    internal void Run()
    {
        if (options.Brokers is not null) Fill();
        else output.WriteLine("embedded broker: producer, broker and reader share this process, and all of their CPU is counted");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Records:N0} records in {options.Partitions} partitions, {options.Rounds} rounds, {Environment.ProcessorCount} cores"));
        output.WriteLine("round  what             records/s  cpu µs/record  alloc B/record  rss MiB  peak MiB   MB/s in   B/row out");
        var bare = new List<double>();
        var ingest = new List<double>();
        var withoutRecords = new List<double>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            bare.Add(Measure(round, "bare consumer", () => WithTopic(ReadBare)));
            ingest.Add(Measure(round, "ingest", () => WithTopic(gate => Ingest(gate, WalMode.Records))));
            withoutRecords.Add(Measure(round, "wal = offsets", () => WithTopic(gate => Ingest(gate, WalMode.Offsets))));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cpu per record over the bare consumer's, median of rounds: {Median(ingest) / Median(bare):F2}; of that the records in the log: {Median(ingest) - Median(withoutRecords):F3} µs"));
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private double Measure(int round, string what, Func<(long BytesIn, long BytesOut)> work)
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
        return cpu;
    }

    /// <summary>Runs a reader of the topic; with the embedded broker, on a broker of its own and next to the producer that feeds it.</summary>
    private (long BytesIn, long BytesOut) WithTopic(Func<FeedGate, (long, long)> read)
    {
        var gate = new FeedGate();
        if (options.Brokers is not null) return read(gate);
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic(options.Topic, options.Partitions);
        client = client with { Brokers = broker.BootstrapServers, Properties = [.. options.Properties, .. EmbeddedBroker.ConsumerProperties] };
        EngineException? failure = null;
        void Feed()
        {
            try
            {
                Produce(0, gate);
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
        consumer.Read(client, options.Topic, options.Records, 64 << 20);
        return (consumer.Bytes, 0);
    }

    private (long BytesIn, long BytesOut) Ingest(FeedGate gate, WalMode wal)
    {
        var directory = Path.Combine(options.Directory, $"run-{Guid.NewGuid():N}");
        var engineOptions = new EngineOptions
        {
            Kafka = new() { Brokers = client.Brokers, Group = $"k2i-bench-{Guid.NewGuid():N}", Properties = client.Properties.ToImmutableSortedDictionary() },
            Iceberg = new() { Warehouse = directory },
            MemoryBytes = options.MemoryBytes,
            Lanes = options.Lanes,
            DataDirectory = Path.Combine(directory, "data"),
            WalMode = wal,
            Tables = [new() { Name = "events", Topics = [options.Topic], Columns = EventGenerator.Columns, Flush = new() { AgeMs = 10_000, Bytes = 1L << 40, Rows = 1L << 40 } }],
        };
        try
        {
            using var engine = new Engine(engineOptions, Services.Of(engineOptions), new FailureLog(output));
            gate.Consumed = () => engine.Status().Tables[0].Records;
            var threads = engine.Workers.Select(w => new Thread(() => w.Run()) { Name = w.Name }).ToArray();
            foreach (var thread in threads) thread.Start();
            while (engine.Status().Tables[0] is { State: not (TableState.Paused or TableState.Failed) } now && now.Rows < options.Records) Thread.Sleep(5);
            engine.RequestStop();
            foreach (var thread in threads) thread.Join();
            var table = engine.Status().Tables[0];
            if (table.RowsCommitted != options.Records)
                throw new EngineException(ErrorKind.Fatal, $"{table.RowsCommitted} of {options.Records} rows were committed: {table.State} {table.Detail} {table.LastError}");
            return (table.RecordBytes, table.DataFileBytes);
        }
        finally
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Brings the topic to the number of records asked for.</summary>
    private void Fill()
    {
        using var admin = new KafkaAdmin(client, NullLog.Instance);
        if (!admin.ListTopics(30_000).Contains(options.Topic)) admin.CreateTopic(options.Topic, options.Partitions, 30_000);
        var present = Present();
        if (present > options.Records) throw new EngineException(ErrorKind.Invalid, $"topic {options.Topic} holds {present} records already; use a topic of its own, or --records {present}");
        Produce(present, gate: null);
    }

    private void Produce(long from, FeedGate? gate)
    {
        using var producer = new KafkaProducer(new() { Client = new() { Brokers = client.Brokers }, Idempotent = false, LingerMs = 20 }, NullLog.Instance);
        var events = new EventGenerator(Seed, 1_767_225_600_000);
        for (var n = from; n < options.Records; n++)
        {
            if (n % 1_000 == 0) gate?.Wait(n, options.Partitions);
            events.Make(n);
            producer.Produce(new() { Topic = options.Topic, Partition = (int)(n % options.Partitions), Key = events.Key, HasKey = true, Value = events.Value });
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
                var partitions = Enumerable.Range(0, options.Partitions).Select(p => new TopicPartition(options.Topic, p));
                return partitions.Sum(p => probe.QueryWatermarks(p, 30_000).HighOffset.Value);
            }
            catch (EngineException e) when (e.Retryable && Environment.TickCount64 < deadline)
            {
                // A topic just created has no leaders for a moment.
                Thread.Sleep(100);
            }
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
