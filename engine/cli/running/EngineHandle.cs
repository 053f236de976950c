using System.Collections.Immutable;
using K2I.Pipeline;

namespace K2I.Cli.Running;

/// <summary>The real engine. Owner.</summary>
internal sealed class EngineHandle(Engine engine) : IEngine
{
    public IReadOnlyList<EngineWorker> Workers => engine.Workers;

    public EngineStatus Status() => engine.Status();

    public TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates) => engine.Apply(tables,
        templates);

    public void RequestStop() => engine.RequestStop();

    public void Dispose() => engine.Dispose();
}
