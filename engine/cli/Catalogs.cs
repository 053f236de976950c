using System.Collections.Immutable;
using K2I.Base;
using K2I.Catalogs;
using K2I.Catalogs.Hive;
using K2I.Catalogs.Nessie;
using K2I.Cli.Config;
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

    /// <summary>A catalog that is asked what it has, and nothing of the files: their place need not be there.</summary>
    public static ICatalog ToList(IcebergOptions options) =>
        CatalogOf(options, new AnywhereStore(root => StoreAt(root, options)), SystemClock.Instance, SystemRandom.Instance);

    /// <summary>What a catalog server is called in messages.</summary>
    public static string NameOf(IcebergOptions options) => options.Rest?.Uri ?? options.Server.GetValueOrDefault(Keys.CatalogUri.Name, options.Catalog);

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
        var root = RootOf(options);
        var storeCircuit = new CircuitBreaker($"store {root}", clock, random);
        var place = StoreAt(root, options);
        if (options.Catalog == "file" && place is S3Store s3) RequireConditionalWrites(s3);
        var store = new BreakerStore(place, storeCircuit);
        var catalog = CatalogOf(options, store, clock, random);
        // The file catalog is nothing but the store.
        if (options.Catalog == "file") return new Catalogs(catalog, store, options.Namespace, [storeCircuit]);
        var catalogCircuit = new CircuitBreaker($"catalog {NameOf(options)}", clock, random);
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

    private static ICatalog CatalogOf(IcebergOptions options, IObjectStore store, IClock clock, IRandom random)
    {
        if (options.Rest is { } rest) return new RestCatalog(rest with { StorageRoots = [RootOf(options)] }, clock, random);
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
                Uri = Text(Keys.CatalogUri) ?? "",
                Reference = Text(Keys.NessieRef) ?? "main",
                Warehouse = warehouse,
                Token = Text(Keys.CatalogToken),
                Headers = options.Server.Where(p => p.Key.StartsWith(Keys.HeaderPrefix, StringComparison.Ordinal))
                    .ToImmutableSortedDictionary(p => p.Key[Keys.HeaderPrefix.Length..], p => p.Value, StringComparer.Ordinal),
            }, random),
            _ => null,
        };
    }
}
