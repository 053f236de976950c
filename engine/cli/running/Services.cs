using K2I.Base;
using K2I.Memory;
using K2I.Pipeline;
using K2I.Registry;

namespace K2I.Cli.Running;

/// <summary>Assembles the world outside the engine from its options.</summary>
internal static class Services
{
    /// <summary>Makes the place of the tables' files if it is not there. Throws EngineException for options that cannot work.</summary>
    public static EngineServices Of(EngineOptions options, ILog? log = null)
    {
        var (clock, random) = (SystemClock.Instance, SystemRandom.Instance);
        var catalogs = Catalogs.ForEngine(options.Iceberg, clock, random);
        return new()
        {
            Catalog = catalogs.Catalog,
            Objects = catalogs.Store,
            Circuits = catalogs.Circuits,
            Clock = clock,
            Random = random,
            Schemas = options.Registry is { } registry
                ? new SchemaRegistry(Signed(registry, options, clock), options.DataDirectory,
                    LocalFileSystem.Instance, clock, log ?? NullLog.Instance)
                : null,
        };
    }

    private static RegistryOptions Signed(RegistryOptions registry, EngineOptions options, IClock clock)
    {
        if (registry.Api != RegistryApi.Glue) return registry;
        var signer = Catalogs.GlueSigner(options.Iceberg, clock, registry.Urls.FirstOrDefault());
        return registry with { Signer = signer, Urls = [signer.Endpoint.GetLeftPart(UriPartial.Authority)] };
    }
}
