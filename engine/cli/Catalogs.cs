using System.Collections.Immutable;
using K2I.Base;
using K2I.Catalogs;
using K2I.Catalogs.Glue;
using K2I.Catalogs.Hive;
using K2I.Catalogs.Jdbc;
using K2I.Catalogs.Nessie;
using K2I.Cli.Config;
using K2I.Cloud;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli;

/// <summary>The catalog and store of a configuration: the only place that makes them of options.</summary>
/// <param name="Circuits">Breakers around what may be away; none for commands that only look.</param>
/// <param name="Grants">What the catalog hands out for files of tables; null where it is not asked to.</param>
internal sealed record Catalogs(
    ICatalog Catalog, IObjectStore Store, string DefaultNamespace, ImmutableArray<CircuitBreaker> Circuits, IStorageGrants? Grants = null)
{
    /// <summary>For commands that look. Throws Unavailable if the place of the files is not there: looking must not create it.</summary>
    public static Catalogs Open(IcebergOptions options)
    {
        if (!IsThere(options))
            throw new EngineException(ErrorKind.Unavailable,
                $"{WordForRoot(options)} {Location.LocalPath(RootOf(options))} does not exist; `k2i ingest` creates it");
        var cloud = new CloudStores(SystemClock.Instance, SystemRandom.Instance);
        var store = new LocationStore();
        foreach (var place in PlacesOf(options)) store.Add(place, () => StoreAt(place, options, cloud));
        if (options.Rest is { Access: not StorageAccess.Own })
        {
            var rest = RestOf(options, SystemClock.Instance, SystemRandom.Instance);
            var files = GrantedAccess.Over(HasRoot(options) ? store : null, rest, options, cloud, null);
            return new Catalogs(rest, files, options.Namespace, [], rest.Grants);
        }
        return new Catalogs(CatalogOf(options, store, SystemClock.Instance, SystemRandom.Instance), store, options.Namespace, []);
    }

    /// <summary>A catalog that is asked what it has, and nothing of the files: their place need not be there.</summary>
    public static ICatalog ToList(IcebergOptions options) =>
        CatalogOf(options, new AnywhereStore(root => StoreAt(root, options)), SystemClock.Instance, SystemRandom.Instance);

    /// <summary>What a catalog server is called in messages.</summary>
    public static string NameOf(IcebergOptions options) => options.Rest?.Uri
        ?? options.Server.GetValueOrDefault(Keys.CatalogUri.Name, options.Catalog);

    /// <summary>One table without its catalog, wherever its files lie.</summary>
    /// <param name="place">Its metadata file or its folder.</param>
    /// <param name="moved">Its files lie where the metadata does now, whatever they are called in it.</param>
    /// <param name="options">How object stores are reached.</param>
    /// <param name="ident">What it is called meanwhile: as its folder.</param>
    public static Catalogs OfMetadata(string place, bool moved, IcebergOptions options, out TableIdent ident)
    {
        IObjectStore store = new AnywhereStore(root => StoreAt(root, options));
        var file = NewestMetadata.Find(store, Location.FromConfig(place));
        var folder = NewestMetadata.TableFolder(file);
        ident = new TableIdent([Location.NameOf(NewestMetadata.TableFolder(folder))], Location.NameOf(folder));
        var catalog = new MetadataCatalog(store, file, ident);
        if (moved && catalog.Load(ident).Metadata.Location is var recorded && recorded.TrimEnd('/') != folder)
        {
            var files = new MovedStore(store, recorded, folder);
            (store, catalog) = (files, new MetadataCatalog(files, files.Recorded(file), ident));
        }
        return new Catalogs(catalog, store, ident.Namespace[0], []);
    }

    /// <summary>For the engine: the place of the files is made if it is not there, and each thing outside is behind a breaker of its own.</summary>
    public static Catalogs ForEngine(IcebergOptions options, IClock clock, IRandom random)
    {
        var cloud = new CloudStores(clock, random);
        var store = new LocationStore();
        var circuits = ImmutableArray.CreateBuilder<CircuitBreaker>();
        var root = HasRoot(options) ? RootOf(options) : null;
        var first = root is null ? null : StoreAt(root, options, cloud);
        foreach (var place in PlacesOf(options))
        {
            var circuit = new CircuitBreaker($"store {place}", clock, random);
            circuits.Add(circuit);
            store.Add(place, () => new BreakerStore(place == root ? first! : StoreAt(place, options, cloud), circuit));
        }
        if (first is CloudStore tried && options.Catalog == "file") RequireConditionalWrites(tried);
        var catalog = CatalogOf(options, store, clock, random);
        // The file catalog is nothing but the store.
        if (options.Catalog == "file") return new Catalogs(catalog, store, options.Namespace, circuits.ToImmutable());
        var catalogCircuit = new CircuitBreaker($"catalog {NameOf(options)}", clock, random);
        circuits.Insert(0, catalogCircuit);
        if (options.Rest is { Access: not StorageAccess.Own })
        {
            var granted = new CircuitBreaker($"files of {NameOf(options)}", clock, random);
            circuits.Add(granted);
            var rest = (RestCatalog)catalog;
            var files = GrantedAccess.Over(root is null ? null : store, rest, options, cloud, granted);
            return new Catalogs(new BreakerCatalog(rest, catalogCircuit), files, options.Namespace, circuits.ToImmutable(), rest.Grants);
        }
        return new Catalogs(new BreakerCatalog(catalog, catalogCircuit), store, options.Namespace, circuits.ToImmutable());
    }

    /// <summary>False for a local folder that does not exist; an object store has no folders that would have to.</summary>
    public static bool IsThere(IcebergOptions options)
    {
        if (!HasRoot(options)) return true;
        var root = RootOf(options);
        return Location.SchemeOf(root) != "file" || Directory.Exists(Location.LocalPath(root));
    }

    /// <summary>
    /// What a place for tables lacks, in words for its author; null if there is a store for it. Throws Invalid for what is no place at all.
    /// </summary>
    public static string? Flaw(string place)
    {
        var scheme = Location.SchemeOf(Location.FromConfig(place));
        return scheme == "file" || StoreOptions.Schemes.Contains(scheme) ? null : $"this build has no store for {scheme}://";
    }

    /// <summary>A store for a place of files, chosen by how its location begins. That of a local folder makes it.</summary>
    /// <exception cref="EngineException">Unsupported: no store for such locations.</exception>
    public static IObjectStore StoreAt(string root, IcebergOptions options, CloudStores? cloud = null) =>
        Location.SchemeOf(root) == "file" ? new LocalStore(root)
            : (cloud ?? new CloudStores(SystemClock.Instance, SystemRandom.Instance)).Open(root, () => options.Storage);

    /// <summary>The locations below which files of tables may lie: that of all new ones first.</summary>
    public static IEnumerable<string> PlacesOf(IcebergOptions options) =>
        (HasRoot(options) ? options.Locations.Select(Location.FromConfig).Prepend(RootOf(options)) : []).Distinct(StringComparer.Ordinal);

    /// <summary>False where tables lie wherever a catalog's server hands out keys for, and nowhere else.</summary>
    public static bool HasRoot(IcebergOptions options) => options.Rest is null || options.StorageRoot is not null;

    /// <summary>The location that holds the files of tables that say no other.</summary>
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
    private static void RequireConditionalWrites(CloudStore store)
    {
        try
        {
            store.RequireConditionalWrites();
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unavailable or ErrorKind.Unknown)
        {
        }
    }

    /// <summary>The REST catalog of the options.</summary>
    public static RestCatalog RestOf(IcebergOptions options, IClock clock, IRandom random) => new(options.Rest! with
    {
        StorageRoots = HasRoot(options) ? [.. PlacesOf(options)] : [.. StoreOptions.Schemes.Select(s => s + "://")],
        Signer = options.SigningName is { } service
            ? new AwsSigner((S3Options)StoreOptions.Of("s3://signing", () => options.SigningRegion is { } region
                ? options.Storage.SetItem(S3Keys.Region, region) : options.Storage), service, clock) : null,
    }, clock, random);

    private static ICatalog CatalogOf(IcebergOptions options, IObjectStore store, IClock clock, IRandom random)
    {
        if (options.Rest is not null) return RestOf(options, clock, random);
        return PointersOf(options, clock, random) is { } pointers ? new PointerCatalog(pointers, store, clock, random)
            : new FileCatalog(store, Location.FromConfig(options.Warehouse), clock, random: random);
    }

    /// <summary>The server that points to metadata files; null where there is none.</summary>
    private static IPointers? PointersOf(IcebergOptions options, IClock clock, IRandom random)
    {
        var warehouse = Location.FromConfig(options.Warehouse);
        string? Text(ConfigKey key) => options.Server.GetValueOrDefault(key.Name);
        return options.Catalog switch
        {
            "hive" => new HivePointers(new HiveOptions
            {
                Servers = HiveOptions.ServersOf(Text(Keys.CatalogUri) ?? ""),
                Warehouse = warehouse,
                Locks = Text(Keys.HiveLocks) != "false",
                Tls = Text(Keys.HiveTls) == "true",
                CaFile = Text(Keys.HiveCaFile),
                User = Text(Keys.HiveUser),
            }, clock),
            "nessie" => new NessiePointers(new NessieOptions
            {
                Server = options.Nessie!,
                Reference = Text(Keys.NessieRef) ?? "main",
                Warehouse = warehouse,
            }, clock, random),
            "jdbc" => new JdbcPointers(new JdbcOptions
            {
                Uri = Text(Keys.CatalogUri) ?? "",
                User = Text(Keys.CatalogUser),
                Password = Text(Keys.CatalogPassword),
                CatalogName = Text(Keys.CatalogName) ?? "",
                Warehouse = warehouse,
            }),
            "glue" => GlueOf(options, clock, warehouse),
            _ => null,
        };
    }

    /// <summary>Signs requests to Glue, its registry of schemas included; null and empty stand for AWS's own endpoint.</summary>
    internal static AwsSigner GlueSigner(IcebergOptions options, IClock clock, string? endpoint) =>
        new((S3Options)StoreOptions.Of("s3://signing", () => options.Storage), "glue", clock,
            endpoint is { Length: > 0 } ? new Uri(endpoint) : null);

    /// <summary>Whoever has the files in S3 asks Glue, at an endpoint of its own.</summary>
    private static GluePointers GlueOf(IcebergOptions options, IClock clock, string warehouse)
    {
        var endpoint = options.Server.GetValueOrDefault(Keys.CatalogUri.Name)
            ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_GLUE");
        var who = (S3Options)StoreOptions.Of("s3://signing", () => options.Storage);
        var signer = GlueSigner(options, clock, endpoint);
        return new GluePointers(new GlueOptions
        {
            Endpoint = signer.Endpoint,
            Signer = signer,
            CatalogId = options.Server.GetValueOrDefault(Keys.GlueId.Name),
            Warehouse = warehouse,
            CaFile = who.CaFile,
        });
    }
}
