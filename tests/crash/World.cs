using System.Diagnostics;
using System.Text.RegularExpressions;

namespace K2I.Crash.Tests;

/// <summary>What one batch of kills happens in: a topic under load, two tables fed by it, a data directory. New for each batch, so that the first steps of a table are killed as well.</summary>
internal sealed partial class World : IDisposable
{
    private const int RivalAfterMs = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly IBroker broker;
    private readonly RestServer? rest;
    private readonly DataDirectory data;
    private readonly Load load;
    private readonly string folder;
    private readonly string config;
    private readonly string rivalConfig;
    private readonly string logFile;
    private readonly Random random;

    public World(CrashOptions options, IBroker broker, RestServer? rest, string folder, int number, Random random)
    {
        (this.broker, this.rest, this.folder, this.random) = (broker, rest, folder, random);
        Directory.CreateDirectory(folder);
        Topic = $"crash-{number:D3}";
        Namespace = $"batch{number:D3}";
        data = new(Path.Combine(folder, "data"));
        config = Path.Combine(folder, "k2i.ini");
        logFile = Path.Combine(folder, "k2i.log");
        // Every third batch infers the columns, every fourth keeps state changes alone in its log.
        File.WriteAllText(config, ConfigText(infer: number % 3 == 2, offsetsOnly: number % 4 == 3));
        rivalConfig = Path.Combine(folder, "rival.ini");
        File.WriteAllText(rivalConfig, File.ReadAllText(config).Replace("instance_id = host-1", "", StringComparison.Ordinal).Replace(data.FullPath, data.FullPath + "-rival", StringComparison.Ordinal));
        broker.CreateTopic(Topic, Load.Partitions);
        broker.CreateTopic(LetterTopic, 1);
        load = new(broker, Topic, options.Rate, random.Next());
    }

    public string Topic { get; }

    public string LetterTopic => $"{Topic}-letters";

    public string Namespace { get; }

    /// <summary>The longest that the log took to be replayed, by what the engine says.</summary>
    public long LongestReplayMs { get; private set; }

    /// <summary>From the start of the process to all tables running, at the end of the batch.</summary>
    public long RestartMs { get; private set; }

    public string DataPath => data.FullPath;

    /// <summary>One life of the process. True if it ended at the point it was to end at; a violation if it ended by itself.</summary>
    public bool Live(KillPlan plan, int number)
    {
        data.Suffer(plan.Damage, random);
        var faults = rest is not null && random.Next(2) == 0 ? RestFaults.SwitchOn(rest, random) : "";
        if (faults.Length == 0) rest?.NoFaults();
        using var process = new K2IProcess(config, logFile, $"{number}: {plan}{(faults.Length > 0 ? $"; faults: {faults}" : "")}", plan.Point is null ? null : $"{plan.Point}:{plan.Pass}");
        using var rival = plan.HasRival && !process.WaitForExit(RivalAfterMs) ? new K2IProcess(rivalConfig, logFile + ".rival", $"{number}: rival", killAt: null) : null;
        var clock = Stopwatch.StartNew();
        if (plan.StopAfterMs is { } stop && !process.WaitForExit(stop)) process.Terminate();
        if (!process.WaitForExit((int)Math.Max(0, plan.Ms - clock.ElapsedMilliseconds)))
        {
            process.Kill();
            EndRival(rival, number);
            return false;
        }
        EndRival(rival, number);
        if (process.WasKilled && plan.Point is not null) return true;
        // 143: the stop came before the process had learned to take it in order.
        if (plan.StopAfterMs is not null && process.ExitCode is 0 or 143) return false;
        throw new Violation($"kill {number} ({plan}): it ended by itself, with {process.ExitCode}; see {logFile}");
    }

    /// <summary>It leaves in order, so that its partitions are free at once.</summary>
    private void EndRival(K2IProcess? rival, int number)
    {
        if (rival is null) return;
        if (!rival.HasExited) rival.Terminate();
        if (!rival.WaitForExit(60_000)) throw new Violation($"kill {number}: the second process does not stop; see {logFile}.rival");
        if (rival.ExitCode is not (0 or 143)) throw new Violation($"kill {number}: the second process ended with {rival.ExitCode}; see {logFile}.rival");
    }

    /// <summary>No more records, no more faults: the tables reach what Kafka has, and the process stops in order.</summary>
    public IReadOnlyList<Load.Sent> Converge()
    {
        var sent = load.Finish();
        rest?.NoFaults();
        var clock = Stopwatch.StartNew();
        using var process = new K2IProcess(config, logFile, "converging", killAt: null);
        var last = "";
        while (true)
        {
            if (process.HasExited) throw new Violation($"it ended by itself, with {process.ExitCode}, with nothing in its way; see {logFile}");
            if (clock.Elapsed > Patience) throw new Violation($"it did not reach the end of the topic in {Patience.TotalSeconds} s: {last}; see {logFile}");
            var tables = process.Tables();
            if (RestartMs == 0 && tables.Count == 2 && tables.All(t => t.GetProperty("state").GetString() == "running")) RestartMs = clock.ElapsedMilliseconds;
            last = string.Join("; ", tables.Select(t => $"{t.GetProperty("name")} {t.GetProperty("state")} {t.GetProperty("detail")} {Committed(t)} of {sent.Count}"));
            if (tables.Count == 2 && tables.All(t => Committed(t) >= sent.Count)) break;
            Thread.Sleep(50);
        }
        process.Terminate();
        if (!process.WaitForExit(60_000)) throw new Violation($"it does not stop; see {logFile}");
        if (process.ExitCode != 0) throw new Violation($"it stopped with {process.ExitCode}; see {logFile}");
        LongestReplayMs = File.ReadLines(logFile).Select(l => Replayed().Match(l)).Where(m => m.Success).Select(m => long.Parse(m.Groups[1].Value)).DefaultIfEmpty(0).Max();
        return sent;
    }

    /// <summary>A table as the judges take it.</summary>
    public string[] Table(string name) => rest is null
        ? [Path.Combine(folder, "warehouse", Namespace, name)]
        : [$"{Namespace}.{name}", "--catalog", "rest", "--uri", rest.Uri];

    public void Dispose() => load.Dispose();

    /// <summary>Rows, letters and what was skipped are all part of the committed offsets, which are without gaps here.</summary>
    private static long Committed(System.Text.Json.JsonElement table) => table.GetProperty("partitions").EnumerateArray().Sum(p => Math.Max(0, p.GetProperty("committed_offset").GetInt64()));

    private string ConfigText(bool infer, bool offsetsOnly) => $"""
        [kafka]
        brokers = {broker.Addresses}
        group = {Topic}
        {broker.ConsumerSettings}
        [iceberg]
        {(rest is null ? $"catalog = file\nwarehouse = {Path.Combine(folder, "warehouse")}" : $"catalog = rest\nuri = {rest.Uri}\nstorage_root = {rest.Warehouse}")}
        namespace = {Namespace}
        [engine]
        data_dir = {data.FullPath}
        memory = 64MiB
        shutdown_timeout = 30s
        [wal]
        mode = {(offsetsOnly ? "offsets" : "records")}
        file_size = 4MiB
        [flush]
        interval = 250ms
        [table.events]
        topics = {Topic}
        max_record = 1MiB
        unknown_fields = evolve
        partition_by = {(infer ? "" : "bucket(2, id)")}
        {(infer ? "infer_records = 200" : "columns = 'id: long!, text: string, amount: double'")}
        [table.copies]
        topics = {Topic}
        max_record = 1MiB
        format = raw
        raw_value = string
        dead_letter = topic
        dead_letter_topic = {LetterTopic}
        """.Replace("partition_by = \n", "", StringComparison.Ordinal);

    [GeneratedRegex("the log is replayed.* ms=(\\d+)")]
    private static partial Regex Replayed();
}
