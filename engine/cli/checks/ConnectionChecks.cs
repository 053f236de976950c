using K2I.Cli.Config;

namespace K2I.Cli.Checks;

/// <summary>Looks whether the configuration would work here and now: broker, topics, catalog, warehouse. Changes nothing that it does not undo.</summary>
internal static class ConnectionChecks
{
    public static List<CheckResult> Run(AppOptions options) =>
        [.. KafkaCheck.Run(options.Engine), .. CatalogCheck.Run(options.Engine), .. WarehouseCheck.Run(options.Engine), .. TableChecks.Run(options.Engine)];
}
