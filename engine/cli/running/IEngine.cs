using System.Collections.Immutable;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Running;

/// <summary>The engine as the supervisor needs it. Tests supply their own.</summary>
internal interface IEngine : IDisposable
{
    IReadOnlyList<EngineWorker> Workers { get; }

    EngineStatus Status();

    /// <summary>As <see cref="Engine.Apply"/>.</summary>
    TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates);

    /// <summary>Answers questions about its tables; before the workers begin. Null where it has nothing to ask.</summary>
    TableQueries? Queries(QueryLimits limits);

    void RequestStop();
}
