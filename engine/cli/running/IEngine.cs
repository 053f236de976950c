using System.Collections.Immutable;
using K2I.Pipeline;

namespace K2I.Cli.Running;

/// <summary>The engine as the supervisor needs it. Tests supply their own.</summary>
internal interface IEngine : IDisposable
{
    IReadOnlyList<EngineWorker> Workers { get; }

    EngineStatus Status();

    /// <summary>As <see cref="Engine.Apply"/>.</summary>
    TableChanges Apply(ImmutableArray<TableOptions> tables, ImmutableArray<TableTemplate> templates);

    void RequestStop();
}
