using System.Diagnostics;

namespace K2I.Crash.Tests;

/// <summary>Kills, batch by batch, each batch audited.</summary>
internal sealed class CrashRun(CrashOptions options, TextWriter output)
{
    private readonly Random random = new(options.Seed);
    private readonly Coverage coverage = new(options.Points.Count > 0 ? options.Points : KillPoints.For(options.Pairs[0]));
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"k2i-crash-{options.Seed}-{Environment.ProcessId}");
    private int kills;

    /// <summary>False at the first broken promise; what tells of it is kept then.</summary>
    public bool Run()
    {
        output.WriteLine($"crash: {options.Kills} {options}");
        Places.Require(options);
        var clock = Stopwatch.StartNew();
        var good = false;
        Directory.CreateDirectory(folder);
        try
        {
            using IBroker broker = options is { RealKafka: true, Sweep: false }
                ? new RealBroker(Path.Combine(folder, "kafka")) : new EmbeddedHost();
            foreach (var name in options.Pairs)
            {
                using var pair = new Pair(name, Path.Combine(folder, name));
                if (options.Sweep) Sweep(pair, broker);
                else for (var number = 0; kills < options.Kills; number++) Batch(number, broker, pair);
            }
            good = true;
        }
        catch (Violation violation)
        {
            output.WriteLine($"VIOLATION after {kills} kills: {violation.Message}");
        }
        catch (Exception error) when (error is not NeedException)
        {
            output.WriteLine($"FAILED after {kills} kills, not by the engine: {error}");
        }
        if (!good) output.WriteLine($"kept: {folder}; again: ./build.sh crash {options.Kills} {options}");
        var uncovered = coverage.Uncovered.ToArray();
        if (options.Sweep)
        {
            output.WriteLine($"crash: {options}: {(good ? "lost 0, doubled 0" : "FAILED")}, {clock.Elapsed.TotalSeconds:F0} s");
            if (good && !options.Keep) Directory.Delete(folder, recursive: true);
            return good;
        }
        if (uncovered.Length > 0) output.WriteLine($"not covered: {string.Join(' ', uncovered)}");
        output.WriteLine($"crash: {kills} runs, points covered {coverage.Covered} of {coverage.Total}, {(good ? "lost 0, doubled 0" : "FAILED")}, {clock.Elapsed.TotalSeconds:F0} s, seed {options.Seed}");
        if (good && !options.Keep) Directory.Delete(folder, recursive: true);
        return good;
    }

    private void Sweep(Pair pair, IBroker broker)
    {
        using var sweep = new Sweep(pair, broker, Path.Combine(folder, $"{pair.Name}-sweep"), options, output);
        sweep.Run();
    }

    private void Batch(int number, IBroker broker, Pair pair)
    {
        var clock = Stopwatch.StartNew();
        var home = Path.Combine(folder, $"batch-{number:D3}");
        using var world = new World(options, broker, pair, home, number, random);
        int here = 0, atPoints = 0;
        KillPlan? before = null;
        while (here < options.Batch && kills < options.Kills)
        {
            var plan = KillPlan.Next(random, coverage, newTable: here < 3, halfDone: before?.LeavesHalfDoneFlush == true);
            var killed = world.Live(plan, kills);
            if (plan.Point is { } point) coverage.Tried(point, killed);
            before = killed ? plan : null;
            if (killed) atPoints++;
            here++;
            kills++;
        }
        var lived = clock.Elapsed;
        var sent = world.Converge();
        var audit = new Audit(world, broker, sent);
        audit.Run();
        output.WriteLine($"batch {number}: {here} kills, {atPoints} at points, in {lived.TotalSeconds:F0} s; {sent.Count} records: {audit.Rows} rows, {audit.Letters} dead letters, lost 0, doubled 0; "
            + $"longest replay {world.LongestReplayMs} ms, last restart {world.RestartMs} ms, {world.Resumes} pauses ended; points covered {coverage.Covered} of {coverage.Total}; {clock.Elapsed.TotalSeconds:F0} s");
        output.Flush();
        if (!options.Keep) Directory.Delete(home, recursive: true);
    }
}
