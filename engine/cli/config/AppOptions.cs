using K2I.Pipeline;
using K2I.Query;
using K2I.Serve;

namespace K2I.Cli.Config;

/// <summary>The whole configuration, typed and checked.</summary>
/// <param name="Http">Null if the endpoints are off.</param>
/// <param name="TableMetrics">Of how many tables there are metrics of their own.</param>
/// <param name="Query">What queries may take; null for none.</param>
internal sealed record AppOptions(EngineOptions Engine, LogOptions Log, HttpOptions? Http, int TableMetrics = int.MaxValue,
    QueryLimits? Query = null);
