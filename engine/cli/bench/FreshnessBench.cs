using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Demo;
using K2I.Cli.Running;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>
/// How old rows are when they can first be asked for: each record says when it was produced, and a reader looks at the table's cut all the
/// time. The time in Kafka is part of it. Beside it other readers may ask for rows, and what they cost the ingest shows.
/// </summary>
internal sealed class FreshnessBench(FreshnessBenchOptions options, TextWriter output)
{
    private const string Table = "events", SentColumn = "sent_us";
    private const ulong Seed = 42;

    /// <summary>What is produced before is not counted: broker and code get warm.</summary>
    private const long WarmUpUs = 3_000_000;

    /// <summary>Ages up to 100 s, each counted in a class of 10 µs.</summary>
    private readonly long[] ages = new long[10_000_000];
    private readonly string topic = $"k2i_freshness_{Guid.NewGuid():N}";
    private volatile bool over;
    private EngineException? failure;
    private long produced, seen, countedFromUs;

    internal void Run()
    {
        var client = new ClientOptions { Brokers = options.Brokers, ClientId = "k2i-bench", Properties = [] };
        using (var admin = new KafkaAdmin(client, NullLog.Instance)) admin.CreateTopic(topic, options.Partitions, 30_000);
        var directory = Path.Combine(options.Directory, $"run-{Guid.NewGuid():N}");
        var engineOptions = new EngineOptions
        {
            Kafka = new() { Brokers = options.Brokers, Group = topic },
            Iceberg = new() { Warehouse = directory },
            MemoryBytes = options.MemoryBytes,
            Lanes = options.Lanes,
            DataDirectory = Path.Combine(directory, "data"),
            Tables =
            [
                new()
                {
                    Name = Table,
                    Topics = [topic],
                    Columns = $"{SentColumn}: long, {EventGenerator.Columns}",
                    Flush = new() { AgeMs = options.FlushMs },
                    IsMaintained = options.Compacts,
                    Maintenance = new() { Compaction = new() { LeastFiles = 4, SettleMs = 0, MostJobBytes = 64 << 20 } },
                },
            ],
            Maintenance = new() { LookMs = 100, EveryCommits = 1 },
        };
        try
        {
            using var engine = new Engine(engineOptions, Services.Of(engineOptions), NullLog.Instance);
            var workers = engine.Workers.Select(w => new Thread(() => w.Run()) { Name = w.Name }).ToArray();
            foreach (var worker in workers) worker.Start();
            while (engine.Status().Tables[0].State != TableState.Running) Thread.Sleep(5);
            Measure(engine, engineOptions);
            engine.RequestStop();
            foreach (var worker in workers) worker.Join();
            if (failure is not null) throw failure;
            Tell(engine.Status().Tables[0]);
        }
        finally
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    private void Measure(Engine engine, EngineOptions engineOptions)
    {
        var producer = new Thread(Guarded) { Name = "produce" };
        var before = Usage.Now();
        countedFromUs = NowUs() + WarmUpUs;
        producer.Start();
        using var readers = options.Readers == 0 ? null : new BusyReaders(engine, engineOptions, Table, "user_id < 50000", options.Readers);
        var next = new Dictionary<long, int>();
        while (!over || seen < Volatile.Read(ref produced))
        {
            if (failure is not null || readers is { AreWell: false }) break;
            Look(engine, next);
            Thread.Sleep(1);
        }
        var after = Usage.Now();
        var (seconds, cpu) = (after.Seconds(before), after.CpuSeconds(before));
        producer.Join();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{seen:N0} rows seen in {seconds:F1} s: {seen / seconds:N0} a second, with {cpu:F1} s of CPU"));
        if (readers is not null) output.WriteLine(readers.Stop().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Counts the age of each row that it sees for the first time.</summary>
    private void Look(Engine engine, Dictionary<long, int> next)
    {
        var cut = engine.Cut(Table, withLeases: true)!;
        try
        {
            var now = NowUs();
            foreach (var rows in cut.Flushed.AddRange(cut.Hot))
            {
                var from = next.GetValueOrDefault(rows.Segment.Sequence);
                if (from >= rows.Rows) continue;
                var batch = rows.Segment.View(rows.Rows);
                var sent = batch.Columns[0].Values<long>();
                for (var i = from; i < rows.Rows; i++)
                    if (sent[i] >= countedFromUs) ages[Math.Clamp((now - sent[i]) / 10, 0, ages.Length - 1)]++;
                seen += rows.Rows - from;
                next[rows.Segment.Sequence] = rows.Rows;
            }
        }
        finally
        {
            foreach (var lease in cut.Leases) lease.Dispose();
        }
    }

    private void Produce()
    {
        var producing = new ProducerOptions { Client = new() { Brokers = options.Brokers }, Idempotent = false, LingerMs = 1 };
        using var producer = new KafkaProducer(producing, NullLog.Instance);
        var events = new EventGenerator(Seed, 1_767_225_600_000);
        Span<byte> value = new byte[1024];
        var started = Stopwatch.GetTimestamp();
        for (long n = 0; Stopwatch.GetElapsedTime(started) is var passed && passed.TotalMicroseconds < (options.Seconds * 1e6) + WarmUpUs;)
        {
            var until = options.Rate == 0 ? n + 1_000 : (long)(passed.TotalSeconds * options.Rate);
            if (until == n) Thread.Sleep(1);
            for (; n < until; n++)
            {
                events.Make(n);
                "{\"sent_us\":"u8.CopyTo(value);
                NowUs().TryFormat(value[11..], out var digits, default, CultureInfo.InvariantCulture);
                value[11 + digits] = (byte)',';
                events.Value[1..].CopyTo(value[(12 + digits)..]);
                var length = 11 + digits + events.Value.Length;
                producer.Produce(new() { Topic = topic, Partition = (int)(n % options.Partitions), Value = value[..length] });
            }
            Volatile.Write(ref produced, n);
        }
        if (!producer.Flush(120_000) || producer.Failed > 0)
            throw new EngineException(ErrorKind.Unavailable, $"could not produce to {topic}: {producer.LastError}");
    }

    private void Guarded()
    {
        try
        {
            Produce();
        }
        catch (EngineException error)
        {
            failure = error;
        }
        over = true;
    }

    private void Tell(TableStatus table)
    {
        var unseen = table.RowsCommitted - seen;
        if (options.Compacts)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{table.Maintenance.RowsRewritten:N0} rows written again meanwhile, of {table.RowsCommitted:N0}, "
                    + $"by {table.Maintenance.Jobs} jobs"));
        if (unseen != 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{unseen:N0} rows were flushed before they were looked at"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"produced to readable, ms: p50 {At(0.5):F2}  p99 {At(0.99):F2}  p99.9 {At(0.999):F2}  max {At(1):F2}"));
    }

    private double At(double part)
    {
        var wanted = (long)Math.Ceiling(ages.Sum() * part);
        long below = 0;
        for (var i = 0; i < ages.Length; i++)
            if ((below += ages[i]) >= wanted && below > 0) return (i + 1) / 100.0;
        return 0;
    }

    private static long NowUs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
