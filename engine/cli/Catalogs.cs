using System.Collections.Immutable;
using K2I.Base;
using K2I.Catalogs;
using K2I.Cloud;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli;

/// <summary>The catalog and store of a configuration: the only place that makes them of options.</summary>
/// <param name="Circuits">Breakers around what may be away; none for commands that only look.</param>
internal sealed record Catalogs(ICatalog Catalog, IObjectStore Store, string DefaultNamespace, ImmutableArray<CircuitBreaker> Circuits)
{
    /// <summary>For commands that look. Throws Unavailable if the place of the files is not there: looking must not create it.</summary>
    public static Catalogs Open(IcebergOptions options)
    {
        var root = RootOf(options);
        if (!IsThere(options))
            throw new EngineException(ErrorKind.Unavailable,
                $"{WordForRoot(options)} {Location.LocalPath(root)} does not exist; `k2i ingest` creates it");
        var store = StoreAt(root, options);
        return new Catalogs(CatalogOf(options, store, SystemClock.Instance, SystemRandom.Instance), store, options.Namespace, []);
    }

    /// <summary>For the engine: the place of the files is made if it is not there, and each thing outside is behind a breaker of its own.</summary>
    public static Catalogs ForEngine(IcebergOptions options, IClock clock, IRandom random)
    {
        var root = RootOf(options);
        var storeCircuit = new CircuitBreaker($"store {root}", clock, random);
        var place = StoreAt(root, options);
        if (options.Catalog == "file" && place is S3Store s3) RequireConditionalWrites(s3);
        var store = new BreakerStore(place, storeCircuit);
        var catalog = CatalogOf(options, store, clock, random);
        // The file catalog is nothing but the store.
        if (options.Catalog == "file") return new Catalogs(catalog, store, options.Namespace, [storeCircuit]);
        var catalogCircuit = new CircuitBreaker(NameOf(options), clock, random);
        return new Catalogs(new BreakerCatalog(catalog, catalogCircuit), store, options.Namespace, [catalogCircuit, storeCircuit]);
    }

    /// <summary>False for a local folder that does not exist; an object store has no folders that would have to.</summary>
    public static bool IsThere(IcebergOptions options)
    {
        var root = RootOf(options);
        return Location.SchemeOf(root) != "file" || Directory.Exists(Location.LocalPath(root));
    }

    /// <summary>
    /// What a place for tables lacks, in words for its author; null if there is a store for it. Throws Invalid for what is no place at all.
    /// </summary>
    public static string? Flaw(string place)
    {
        var scheme = Location.SchemeOf(Location.FromConfig(place));
        return scheme == "file" || S3Store.Schemes.Contains(scheme) ? null : $"this build has no store for {scheme}://";
    }

    /// <summary>A store for the place of the files, chosen by how its location begins. That of a local folder makes it.</summary>
    /// <exception cref="EngineException">Unsupported: no store for such locations.</exception>
    public static IObjectStore StoreAt(string root, IcebergOptions options)
    {
        var scheme = Location.SchemeOf(root);
        if (scheme == "file") return new SchemeStore().Add(scheme, new LocalStore(root));
        if (!S3Store.Schemes.Contains(scheme))
            throw new EngineException(ErrorKind.Unsupported, $"{root}: this build knows local files (a path or file://) and s3://");
        return new S3Store(root, S3Options.Of(options.Storage));
    }

    /// <summary>The location that holds every file of every table.</summary>
    public static string RootOf(IcebergOptions options) => Location.FromConfig(options.StorageRoot ?? options.Warehouse);

    public static string WordForRoot(IcebergOptions options) => options.StorageRoot is null ? "warehouse" : "storage_root";

    /// <summary>A table's full name: its own namespace, or the default.</summary>
    public TableIdent IdentOf(string name) => TableIdent.Parse(name.Contains('.', StringComparison.Ordinal) ? name : $"{DefaultNamespace}.{name}");

    public IEnumerable<Table> Tables()
    {
        foreach (var space in Catalog.ListNamespaces())
            foreach (var ident in Catalog.ListTables(space))
                if (Catalog.TryLoad(ident) is { } table) yield return table;
    }

    /// <summary>
    /// A store that lets two writers win is told of at the start; one that is away is asked before the first write that depends on it.
    /// </summary>
    private static void RequireConditionalWrites(S3Store store)
    {
        try
        {
            store.RequireConditionalWrites();
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Unknown)
        {
        }
    }

    /// <summary>What a catalog is called in messages.</summary>
    public static string NameOf(IcebergOptions options) => options.Rest is { } rest ? $"catalog {rest.Uri}"
        : options.Catalog == "file" ? $"catalog {RootOf(options)}" : $"catalog {PointersOf(options).Name}";

    /// <summary>The catalog alone, which is asked nothing yet.</summary>
    public static ICatalog CatalogOf(IcebergOptions options, IObjectStore store, IClock clock, IRandom random) => options.Catalog switch
    {
        "file" => new FileCatalog(store, Location.FromConfig(options.Warehouse), clock, random: random),
        "rest" => new RestCatalog(options.Rest! with { StorageRoots = [RootOf(options)] }, clock, random),
        _ => new PointerCatalog(PointersOf(options), store, clock, random),
    };

    private static IPointers PointersOf(IcebergOptions options)
    {
        var warehouse = Location.FromConfig(options.Warehouse);
        var properties = options.Properties;
        if (options.Catalog == "jdbc")
            return new JdbcPointers(new JdbcOptions
            {
                Uri = properties[CatalogProperties.Uri],
                User = properties.GetValueOrDefault(CatalogProperties.JdbcUser),
                Password = properties.GetValueOrDefault(CatalogProperties.JdbcPassword),
                CatalogName = properties[CatalogProperties.Name],
                Warehouse = warehouse,
            });
        // Whoever may have the files may ask Glue: one identity, that of [s3], at another endpoint.
        var endpoint = properties.GetValueOrDefault(CatalogProperties.GlueEndpoint)
            ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_GLUE");
        var who = S3Options.Of(options.Storage);
        var signer = new AwsSigner(who, "glue", endpoint is { Length: > 0 } ? new Uri(endpoint) : null);
        return new GluePointers(new GlueOptions
        {
            Endpoint = signer.Endpoint,
            Signer = signer,
            CatalogId = properties.GetValueOrDefault(CatalogProperties.GlueId),
            Warehouse = warehouse,
            CaFile = who.CaFile,
        });
    }
}
