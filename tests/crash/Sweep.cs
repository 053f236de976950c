using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace K2I.Crash.Tests;

/// <summary>
/// One table in a pair of catalog and store, and each fault at each request of a flush: late, refused, lost, cut, doubled, failed after its
/// effect, the process killed meanwhile. Then all requests slow, then nothing there for a while. In the end each record is there once.
/// </summary>
internal sealed partial class Sweep : IDisposable
{
    private const string Topic = "sweep", Space = "sweep", Table = "events";

    private const int RecordsPerFlush = 20, RecordsWhileAway = 50, QuietMs = 400, SlowSeconds = 5;

    /// <summary>What the process may hold beside the pool: code, heap, buffers of uploads.</summary>
    private const long PoolBytes = 64L << 20, BesideBytes = 448L << 20;

    private const string Killed = "killed";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly (string Name, string Rule)[] Faults =
    [
        ("late", "\"fault\":\"delay\",\"seconds\":0.3"),
        ("refused", "\"fault\":\"status\",\"status\":503"),
        ("not sent", "\"fault\":\"drop-before\",\"reset\":true"),
        ("half sent", "\"fault\":\"cut-request\",\"bytes\":7,\"reset\":true"),
        ("answer lost", "\"fault\":\"drop-after\",\"reset\":true"),
        ("answer cut", "\"fault\":\"cut\",\"bytes\":3"),
        ("failed after its effect", "\"fault\":\"status-after\",\"status\":500"),
        ("doubled", "\"fault\":\"twice\""),
        (Killed, "\"fault\":\"delay-after\",\"seconds\":1"),
    ];

    private readonly Pair pair;
    private readonly TextWriter output;
    private readonly CrashOptions options;
    private readonly string config, logFile;
    private readonly IProducer<Null, string> producer;
    private K2IProcess process;
    private long sent;

    public Sweep(Pair pair, IBroker broker, string folder, CrashOptions options, TextWriter output)
    {
        (this.pair, this.options, this.output) = (pair, options, output);
        Directory.CreateDirectory(folder);
        (config, logFile) = (Path.Combine(folder, "k2i.ini"), Path.Combine(folder, "k2i.log"));
        var topic = $"{Topic}-{pair.Name}";
        File.WriteAllText(config, $"""
            [kafka]
            brokers = {broker.Addresses}
            group = {topic}
            {broker.ConsumerSettings(0, "host-1")}
            [iceberg]
            {pair.Catalog}
            namespace = {Space}
            [engine]
            data_dir = {Path.Combine(folder, "data")}
            memory = {PoolBytes}
            [flush]
            interval = 100ms
            [maintenance]
            every = 1h
            [table.{Table}]
            topics = {topic}
            format = raw
            raw_value = string
            {pair.Sections}
            """);
        broker.CreateTopic(topic, 1);
        producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Addresses, LingerMs = 0 })
            .SetLogHandler((_, _) => { }).Build();
        process = Start();
    }

    /// <summary>Throws the first promise that is broken.</summary>
    public void Run()
    {
        var clock = Stopwatch.StartNew();
        Flush(RecordsPerFlush, "the first flush");
        var requests = pair.Proxies.ToDictionary(p => p.Key, p => RequestsOfAFlush(p.Value));
        foreach (var (what, calls) in requests)
        {
            output.WriteLine($"{pair.Name}: a flush asks the {what} {calls.Count} times");
            foreach (var call in calls) output.WriteLine($"    {call}");
        }

        var all = requests.SelectMany(r => Enumerable.Range(1, r.Value.Count), (r, nth) => (What: r.Key, Nth: nth))
            .SelectMany(at => Faults, (at, fault) => (at.What, at.Nth, Fault: fault));
        var chosen = all.Where((_, at) => (at + (options.Seed % options.Every)) % options.Every == 0).ToList();
        var met = chosen.Count(c => Meet(c.What, c.Nth, c.Fault));
        output.WriteLine($"{pair.Name}: {met} of {chosen.Count} faults met, each record committed after each");

        foreach (var proxy in pair.Proxies.Values) proxy.Fail("""{"fault":"delay","seconds":0.2}""");
        var slow = Stopwatch.StartNew();
        while (slow.Elapsed.TotalSeconds < SlowSeconds) Flush(RecordsPerFlush, "a flush over slow connections");
        pair.NoFaults();
        Away();
        var peak = process.PeakBytes;
        process.Terminate();
        if (!process.WaitForExit((int)Patience.TotalMilliseconds) || process.ExitCode != 0)
            throw new Violation($"{pair.Name}: it does not stop in order; see {logFile}");
        if (peak > PoolBytes + BesideBytes) throw new Violation($"{pair.Name}: it held {peak >> 20} MiB");
        Judge();
        output.WriteLine($"{pair.Name}: {sent} records, each there once; {peak >> 20} MiB at most; {clock.Elapsed.TotalSeconds:F0} s");
    }

    public void Dispose()
    {
        process.Dispose();
        producer.Dispose();
    }

    private K2IProcess Start() => new(config, logFile, pair.Name, lanes: 1, killAt: null);

    /// <summary>True if the fault was met; a flush may ask less often than the one that was looked at.</summary>
    private bool Meet(string what, int nth, (string Name, string Rule) fault)
    {
        var proxy = pair.Proxies[what];
        var style = what == "catalog" ? "rest" : "s3";
        proxy.Fail($"{{{fault.Rule},\"style\":\"{style}\",\"nth\":{nth}}}");
        var why = $"{fault.Name} at request {nth} to the {what}";
        var met = false;
        if (fault.Name == Killed)
        {
            Send(RecordsPerFlush);
            for (var waited = Stopwatch.StartNew(); !(met = proxy.Fired() > 0) && waited.Elapsed < Patience / 10;) Thread.Sleep(10);
            process.Kill();
            process.Dispose();
            process = Start();
            Await(why);
        }
        else
        {
            for (var tries = 0; tries < 2 && !met; tries++)
            {
                Flush(RecordsPerFlush, why);
                met = proxy.Fired() > 0;
            }
        }
        proxy.NoFaults();
        return met;
    }

    private List<string> RequestsOfAFlush(FaultProxy proxy)
    {
        Thread.Sleep(QuietMs);
        var before = proxy.Calls().Count;
        Flush(RecordsPerFlush, "a flush without faults");
        Thread.Sleep(QuietMs);
        return [.. proxy.Calls(before).Select(c => Varying().Replace(c, "…"))];
    }

    private void Away()
    {
        foreach (var proxy in pair.Proxies.Values) proxy.Down();
        for (var away = Stopwatch.StartNew(); away.Elapsed.TotalSeconds < options.AwaySeconds; Thread.Sleep(100))
        {
            Send(RecordsWhileAway);
            if (process.HasExited) throw new Violation($"{pair.Name}: it ended while nothing was there; see {logFile}");
        }
        foreach (var proxy in pair.Proxies.Values) proxy.Up();
        Await("an outage");
    }

    private void Flush(int records, string why)
    {
        Send(records);
        Await(why);
    }

    private void Send(int records)
    {
        for (var n = 0; n < records; n++)
        {
            var text = (sent + n).ToString(CultureInfo.InvariantCulture);
            producer.Produce($"{Topic}-{pair.Name}", new Message<Null, string> { Value = text });
        }
        if (producer.Flush(TimeSpan.FromMinutes(1)) > 0) throw new InvalidOperationException("records were not delivered");
        sent += records;
    }

    private void Await(string why)
    {
        var waited = Stopwatch.StartNew();
        while (Committed() is var committed && committed < sent)
        {
            if (process.HasExited) throw new Violation($"{pair.Name}: it ended with {process.ExitCode} after {why}; see {logFile}");
            if (waited.Elapsed > Patience)
                throw new Violation($"{pair.Name}: {committed} of {sent} records, {Patience.TotalSeconds} s after {why}; see {logFile}");
            Thread.Sleep(20);
        }
    }

    private long Committed() => process.Tables().Where(t => t.GetProperty("name").GetString() == Table)
        .SelectMany(t => t.GetProperty("partitions").EnumerateArray()).Sum(p => Math.Max(0, p.GetProperty("committed_offset").GetInt64()));

    private void Judge()
    {
        var topic = $"{Topic}-{pair.Name}";
        if (pair.ForJava(Space, Table) is { } table)
        {
            foreach (var command in (string[][])[["check", .. table], ["ids", .. table, "--expect", $"{topic}:0:0:{sent}"]])
            {
                var judged = Tool.Run(Places.JavaJudge, command);
                var isBad = judged.ExitCode != 0 || judged.Output.Split('\n').Any(l => l.StartsWith("ERROR", StringComparison.Ordinal));
                if (isBad) throw new Violation($"{pair.Name}: judge {string.Join(' ', command)}: {judged.All}");
            }
        }
        var expected = Path.ChangeExtension(config, "json");
        File.WriteAllText(expected, $$$"""{"{{{topic}}}":{"0":[0,{{{sent}}}]}}""");
        var audit = Tool.Run(Places.PythonJudge, ["audit", .. pair.ForPython(config, Space, Table), "--expect", expected]);
        if (audit.ExitCode != 0) throw new Violation($"{pair.Name}: {audit.All}");
    }

    /// <summary>What differs from flush to flush: numbers and ids.</summary>
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{4,}|[0-9a-f]{16,}")]
    private static partial Regex Varying();
}
