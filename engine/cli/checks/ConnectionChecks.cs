using System.Collections.Immutable;
using K2I.Cli.Config;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>Looks whether the configuration would work here and now: broker, topics, catalog, warehouse. Changes nothing that it does not undo.</summary>
/// <param name="Routes">What becomes of each topic of the broker that any table or template names.</param>
internal sealed record ConnectionChecks(List<CheckResult> Results, ImmutableArray<(string Topic, TopicRoute Route)> Routes)
{
    public static ConnectionChecks Run(AppOptions options)
    {
        var engine = options.Engine;
        var kafka = KafkaCheck.Run(engine, out var topics);
        var routes = new TopicRoutes(engine.Tables, engine.Templates, engine.Iceberg.Namespace);
        ImmutableArray<(string, TopicRoute)> found =
            [.. topics.Order(StringComparer.Ordinal).Select(t => (t, routes.Of(t))).Where(t => !t.Item2.Tables.IsEmpty
                || !t.Item2.Refused.IsEmpty)];
        var refused = found.SelectMany(f => f.Item2.Refused).Select(r => new CheckResult($"topic {r.Topic}", false,
            $"makes no table of [table.{r.Section}]: {r.Reason}", "let topics or table of the section tell them apart"));
        ImmutableArray<TableOptions> tables = [.. routes.Tables.Values];
        return new([.. kafka, .. refused, .. CatalogCheck.Run(engine), .. WarehouseCheck.Run(engine),
            .. TableChecks.Run(engine with { Tables = tables })], found);
    }
}
