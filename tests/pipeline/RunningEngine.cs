using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>An engine with a thread for each worker.</summary>
public sealed class RunningEngine : IDisposable
{
    private readonly Engine engine;
    private readonly Thread[] threads;
    private bool stopped;

    public RunningEngine(EngineOptions options, EngineServices services, ILog log)
    {
        engine = new(options, services, log);
        threads = [.. engine.Workers.Select(w => new Thread(() => w.Run()) { Name = w.Name, IsBackground = true })];
        foreach (var thread in threads) thread.Start();
    }

    public TableStatus Table(string name) => engine.Status().Tables.Single(t => t.Name == name);

    public EngineStatus Status() => engine.Status();

    public TableCut? Cut(string table, bool withLeases = true) => engine.Cut(table, withLeases);

    public TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates) => engine.Apply(tables,
        templates);

    public void WaitForStatus(Func<EngineStatus, bool> condition)
    {
        for (var deadline = Environment.TickCount64 + 120_000; !condition(engine.Status()); Thread.Sleep(10))
            Assert.True(Environment.TickCount64 < deadline,
                $"waited in vain: {string.Join(", ", engine.Status().Tables)} {string.Join(", ", engine.Status().RefusedTopics)}");
    }

    /// <summary>Waits until the condition holds; fails with the status after two minutes.</summary>
    public TableStatus WaitFor(string table, Func<TableStatus, bool> condition)
    {
        var deadline = Environment.TickCount64 + 120_000;
        while (true)
        {
            var status = engine.Status().Tables.FirstOrDefault(t => t.Name == table);
            if (status is not null && condition(status)) return status;
            if (Environment.TickCount64 > deadline) Assert.Fail($"waited in vain: {status}");
            Thread.Sleep(10);
        }
    }

    /// <summary>Waits until the logs of all lanes are on disk as far as they are appended.</summary>
    public void WaitUntilSynced()
    {
        for (var deadline = Environment.TickCount64 + 120_000; !engine.Status().Lanes.All(l =>
            l.WalSyncedPosition == l.WalAppendedPosition); Thread.Sleep(10))
            Assert.True(Environment.TickCount64 < deadline, "the logs are not synced");
    }

    public void Stop()
    {
        if (stopped) return;
        stopped = true;
        engine.RequestStop();
        foreach (var thread in threads) Assert.True(thread.Join(60_000), $"{thread.Name} does not end");
        engine.Dispose();
    }

    public void Dispose() => Stop();
}
