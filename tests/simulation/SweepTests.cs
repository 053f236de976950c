using System.Globalization;
using K2I.Base;
using K2I.Pipeline;
using Xunit.Abstractions;

namespace K2I.Simulation.Tests;

/// <summary>
/// A short story, told again and again with the n-th call to the disk, the store or the catalog failing, for every n: once, or from then on until everything is healed.
/// Afterwards every record must be in, once.
/// </summary>
public sealed class SweepTests(ITestOutputHelper output)
{
    /// <summary>Every how manieth call is tried; 1 in long runs.</summary>
    private static readonly int Step = int.Parse(Environment.GetEnvironmentVariable("K2I_SIM_SWEEP") ?? "7", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(ErrorKind.Unavailable, false)]
    [InlineData(ErrorKind.Unavailable, true)]
    [InlineData(ErrorKind.Full, false)]
    [InlineData(ErrorKind.Full, true)]
    [InlineData(ErrorKind.Denied, false)]
    public void EveryFileCallMayFail(ErrorKind kind, bool lasting) => Sweep($"disk {kind} {(lasting ? "until healed" : "once")}", (world, plan) =>
    {
        foreach (var host in world.Hosts) host.Disk.Faults.Script = call => (kind != ErrorKind.Full || TakesRoom(call)) && plan(call, lasting) ? new EngineException(kind, $"{call}: {kind}") : null;
    });

    [Theory]
    [InlineData(Fault.Unavailable, false)]
    [InlineData(Fault.Unavailable, true)]
    [InlineData(Fault.LostBefore, false)]
    [InlineData(Fault.LostBefore, true)]
    [InlineData(Fault.LostAfter, false)]
    [InlineData(Fault.Late, false)]
    [InlineData(Fault.Denied, false)]
    [InlineData(Fault.Full, true)]
    public void EveryStoreCallMayFail(Fault fault, bool lasting) => Sweep($"store {fault} {(lasting ? "until healed" : "once")}", (world, plan) =>
    {
        foreach (var host in world.Hosts) host.StoreFaults.Script = call => plan(call, lasting) ? fault : Fault.None;
    });

    [Theory]
    [InlineData(Fault.Unavailable, false)]
    [InlineData(Fault.Unavailable, true)]
    [InlineData(Fault.LostBefore, false)]
    [InlineData(Fault.LostBefore, true)]
    [InlineData(Fault.LostAfter, false)]
    [InlineData(Fault.LostAfter, true)]
    [InlineData(Fault.Late, false)]
    [InlineData(Fault.Denied, false)]
    [InlineData(Fault.Conflict, false)]
    public void EveryCatalogCallMayFail(Fault fault, bool lasting) => Sweep($"catalog {fault} {(lasting ? "until healed" : "once")}", (world, plan) =>
    {
        foreach (var host in world.Hosts) host.CatalogFaults.Script = call => plan(call, lasting) ? fault : Fault.None;
    });

    /// <summary>The process is killed at its n-th call to anything, with or without the power.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryCallMayBeTheLast(bool powerCut) => Sweep($"killed{(powerCut ? " with the power" : "")}", (world, plan) => world.Hosts[0].KillAt = call => plan(call, false) ? powerCut : null);

    private void Sweep(string what, Action<World, Func<string, bool, bool>> arm)
    {
        var failures = new List<string>();
        var (runs, beyond) = (0, 0);
        for (var n = 1 + (what.Length % Step); ; n += Step)
        {
            var calls = 0;
            try
            {
                _ = Story.RunShort(OptionsFor(n) with { FileCatalog = !what.StartsWith("catalog", StringComparison.Ordinal) && n / Step % 2 == 0 }, world => arm(world, (_, lasting) => lasting ? ++calls >= n : ++calls == n));
            }
            catch (SimFailure failure)
            {
                failures.Add($"call {n}: {failure.Message}");
                Tell($"SWEEP {what}: call {n} FAILED\n{(failures.Count <= 2 ? failure.Message : failure.Message.Split("last lines")[0])}");
            }
            runs++;
            // The two catalogs make different numbers of calls.
            beyond = calls < n ? beyond + 1 : 0;
            if (beyond == 2) break;
        }
        Tell($"SWEEP {what}: {runs} runs, {failures.Count} failed");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(1)));
    }

    private static bool TakesRoom(string call) => call.StartsWith("disk fill", StringComparison.Ordinal) || call.StartsWith("disk write", StringComparison.Ordinal);

    /// <summary>The order of threads changes with the call, too.</summary>
    private static SimOptions OptionsFor(int call) => new()
    {
        Seed = 1_000_000 + call,
        Partitions = 2,
        Records = 60,
        ActiveMs = 6_000,
        Poison = 0.05,
        Flush = new() { AgeMs = 1_000, Rows = 25, Bytes = 64 << 10 },
        DeadLetters = DeadLetterPolicy.Table,
    };

    private void Tell(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("K2I_SIM_REPORT") is { Length: > 0 } report) File.AppendAllText(report, line + "\n");
    }
}
