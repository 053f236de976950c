using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace K2I.Crash.Tests;

/// <summary>
/// What one batch of kills happens in: topics under load, the tables fed by them, a data directory. New for each batch, so that the first
/// steps of tables are killed as well.
/// </summary>
internal sealed partial class World : IDisposable
{
    private const int RivalAfterMs = 1_000;

    /// <summary>Lives between two small topics that come to be, and how many there are in the end.</summary>
    private const int LivesPerTopic = 4, MostSmallTopics = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly IBroker broker;
    private readonly Pair pair;
    private readonly DataDirectory data;
    private readonly Load load;
    private readonly Configuration configuration;
    private readonly string config;
    private readonly string rivalConfig;
    private readonly string logFile;
    private readonly Random random;
    private readonly List<AuditedTable> audited;
    private int lives;
    private int smallTopics;

    public World(CrashOptions options, IBroker broker, Pair pair, string folder, int number, Random random)
    {
        (this.broker, this.pair, this.random) = (broker, pair, random);
        Directory.CreateDirectory(folder);
        Topic = $"crash-{number:D3}";
        Namespace = $"batch{number:D3}";
        data = new(Path.Combine(folder, "data"));
        logFile = Path.Combine(folder, "k2i.log");
        configuration = new(number, broker, pair, Topic, LetterTopic, Namespace);
        audited = [.. configuration.TablesOfTopic];
        (config, rivalConfig) = (Path.Combine(folder, "k2i.ini"), Path.Combine(folder, "rival.ini"));
        File.WriteAllText(config, configuration.TextOf("host-1", data.FullPath));
        File.WriteAllText(rivalConfig, configuration.TextOf("host-2", data.FullPath + "-rival"));
        broker.CreateTopic(Topic, Load.Partitions);
        broker.CreateTopic(LetterTopic, 1);
        load = new(broker, Topic, options.Rate, random.Next());
    }

    public string Topic { get; }

    public string LetterTopic => $"{Topic}-letters";

    public string Namespace { get; }

    /// <summary>The tables that there must be, but for dead letters'.</summary>
    public IReadOnlyList<AuditedTable> Audited => audited;

    /// <summary>The longest that the log took to be replayed, by what the engine says.</summary>
    public long LongestReplayMs { get; private set; }

    /// <summary>From the start of the process to all tables running, at the end of the batch.</summary>
    public long RestartMs { get; private set; }

    /// <summary>How often the table that pauses was let go on.</summary>
    public int Resumes { get; private set; }

    public string DataPath => data.FullPath;

    /// <summary>One life of the process. True if it ended at the point it was to end at; a violation if it ended by itself.</summary>
    public bool Live(KillPlan plan, int number)
    {
        data.Suffer(plan.Damage, random);
        if (lives++ % LivesPerTopic == 0) AddSmallTopic();
        pair.NoFaults();
        var faults = pair.HasFaults && random.Next(2) == 0 ? PairFaults.SwitchOn(pair, random) : "";
        var heading = $"{number}: {plan}{(faults.Length > 0 ? $"; faults: {faults}" : "")}";
        using var process = new K2IProcess(config, logFile, heading, plan.Lanes, plan.Point is null ? null : $"{plan.Point}:{plan.Pass}");
        var resume = plan.ResumeAfterMs is { } ms ? Task.Run(() => ResumeAfter(process, ms)) : Task.CompletedTask;
        using var rival = plan.RivalLanes is { } lanes && !process.WaitForExit(RivalAfterMs)
            ? new K2IProcess(rivalConfig, logFile + ".rival", $"{number}: rival", lanes, killAt: null) : null;
        var clock = Stopwatch.StartNew();
        if (plan.StopAfterMs is { } stop && !process.WaitForExit(stop)) process.Terminate();
        var ended = process.WaitForExit((int)Math.Max(0, plan.Ms - clock.ElapsedMilliseconds));
        if (!ended) process.Kill();
        EndRival(rival, plan, number);
        resume.Wait();
        if (!ended) return false;
        if (process.WasKilled && plan.Point is not null) return true;
        // 143: the stop came before the process had learned to take it in order.
        if (plan.StopAfterMs is not null && process.ExitCode is 0 or 143) return false;
        throw new Violation($"kill {number} ({plan}): it ended by itself, with {process.ExitCode}; see {logFile}");
    }

    /// <summary>No more records, no more faults: the tables reach what Kafka has, and the process stops in order.</summary>
    public IReadOnlyList<Load.Sent> Converge()
    {
        while (smallTopics < MostSmallTopics) AddSmallTopic();
        var sent = load.Finish();
        pair.NoFaults();
        var records = sent.CountBy(s => s.Topic).ToDictionary(StringComparer.Ordinal);
        audited.RemoveAll(t => !records.ContainsKey(t.Topic));
        var clock = Stopwatch.StartNew();
        using var process = new K2IProcess(config, logFile, "converging", 1 + random.Next(KillPlan.MostLanes), killAt: null);
        while (true)
        {
            if (process.HasExited) throw new Violation($"it ended by itself, with {process.ExitCode}, nothing in its way; see {logFile}");
            var status = process.Tables();
            var progress = audited.ConvertAll(t => TableProgress.Of(t, records[t.Topic], status));
            if (clock.Elapsed > Patience)
                throw new Violation($"not at the end of the topics in {Patience.TotalSeconds} s: {string.Join("; ", progress)}; see {logFile}");
            if (RestartMs == 0 && progress.TrueForAll(p => p.IsUnderWay)) RestartMs = clock.ElapsedMilliseconds;
            if (progress.TrueForAll(p => p.IsAtTheEnd)) break;
            foreach (var paused in progress.Where(p => p.PauseReason is not null))
            {
                if (paused.PauseReason != Configuration.PauseReason) throw new Violation($"{paused}; see {logFile}");
                Resume();
            }
            Thread.Sleep(50);
        }
        process.Terminate();
        if (!process.WaitForExit(60_000)) throw new Violation($"it does not stop; see {logFile}");
        if (process.ExitCode != 0) throw new Violation($"it stopped with {process.ExitCode}; see {logFile}");
        LongestReplayMs = File.ReadLines(logFile).Select(l => Replayed().Match(l)).Where(m => m.Success)
            .Select(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
        return sent;
    }

    /// <summary>A table as PyIceberg's judge takes it.</summary>
    public string[] ForPython(string name) => pair.ForPython(config, Namespace, name);

    /// <summary>A table as Iceberg Java's judge takes it; null where it cannot.</summary>
    public string[]? ForJava(string name) => pair.ForJava(Namespace, name);

    public void Dispose() => load.Dispose();

    /// <summary>It leaves in order, or without a word where the plan says so; its log is what it finds when it comes again.</summary>
    private void EndRival(K2IProcess? rival, KillPlan plan, int number)
    {
        if (rival is null) return;
        if (!rival.HasExited && plan.KillsRival)
        {
            rival.Kill();
            return;
        }
        if (!rival.HasExited) rival.Terminate();
        if (!rival.WaitForExit(60_000))
            throw new Violation($"kill {number}: the second process does not stop; see {logFile}.rival");
        if (rival.ExitCode is not (0 or 143))
            throw new Violation($"kill {number}: the second process ended with {rival.ExitCode}; see {logFile}.rival");
    }

    /// <summary>A topic comes to be, and with it a table.</summary>
    private void AddSmallTopic()
    {
        if (smallTopics == MostSmallTopics) return;
        var topic = configuration.SmallTopic(smallTopics);
        broker.CreateTopic(topic, Load.SmallPartitions);
        audited.Add(AuditedTable.OfJson(Configuration.SmallTable(smallTopics++), topic, evolves: false));
        load.AddSmall(topic);
    }

    private void ResumeAfter(K2IProcess process, int ms)
    {
        if (!process.WaitForExit(ms)) Resume();
    }

    /// <summary>A person lets the table go on, if it is paused and the process is there; its answer is of no interest.</summary>
    private void Resume()
    {
        string[] options = ["--accept", Configuration.PauseReason, "--wait", "1s", "--config", config, "--set", "http.listen=off"];
        if (Tool.Run(Places.Binary, ["resume", "strict", .. options]).ExitCode == 0) Resumes++;
    }

    [GeneratedRegex("the log is replayed.* ms=(\\d+)")]
    private static partial Regex Replayed();
}
