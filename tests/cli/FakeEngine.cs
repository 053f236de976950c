using System.Collections.Immutable;
using K2I.Cli.Running;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Tests;

/// <summary>An engine with one worker that does what the test says.</summary>
internal sealed class FakeEngine(Action<FakeEngine> work) : IEngine
{
    private readonly ManualResetEventSlim stop = new();

    public TableStatus Table { get; set; } = new() { Name = "events", State = TableState.Running };

    public bool Disposed { get; private set; }

    public IReadOnlyList<EngineWorker> Workers => [new EngineWorker("ingest events", () => work(this))];

    public void WaitForStop() => stop.Wait();

    public EngineStatus Status() => new(1_000, [Table], [new() { Lane = 0 }]);

    /// <summary>What was applied last.</summary>
    public ImmutableArray<TableOptions> Applied { get; private set; } = [];

    public TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates)
    {
        Applied = tables;
        return new([.. tables.Select(t => t.Name)], [], []);
    }

    public TableQueries? Queries(QueryLimits limits) => null;

    public void RequestStop() => stop.Set();

    public void Dispose() => Disposed = true;
}
