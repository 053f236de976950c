using System.Collections.Immutable;
using K2I.Base;
using K2I.Cli.Queries;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Running;

/// <summary>The real engine. Owner.</summary>
internal sealed class EngineHandle(Engine engine, EngineOptions options, EngineServices services) : IEngine
{
    public IReadOnlyList<EngineWorker> Workers => engine.Workers;

    /// <summary>Makes an engine with the services that its options ask for.</summary>
    public static EngineHandle Start(EngineOptions options, ILog log)
    {
        var services = Services.Of(options, log);
        return new(new Engine(options, services, log), options, services);
    }

    public EngineStatus Status() => engine.Status();

    public TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates) => engine.Apply(tables,
        templates);

    /// <summary>Half of the memory is for rows that readers keep.</summary>
    public TableQueries Queries(QueryLimits limits) => new(new EngineViews(engine, options.Iceberg.Namespace, limits.MemoryBytes / 2),
        services.Objects, limits with { MemoryBytes = limits.MemoryBytes / 2 }, services.Clock);

    public void RequestStop() => engine.RequestStop();

    public void Dispose()
    {
        engine.Dispose();
        (services.Schemas as IDisposable)?.Dispose();
    }
}
