using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>
/// Where a run keeps its tables: a catalog and a store, with a proxy before each that is asked over HTTP. Its data lie in a folder.
/// </summary>
internal sealed class Pair : IDisposable
{
    private const int KeysLiveSeconds = 60;

    private static readonly string[] S3Judge = ["--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey, "--s3-endpoint"];

    private static readonly (string Part, string Program)[] Programs =
    [
        ("s3", S3Server.Program), ("gcs", GcsServer.Program), ("rest", RestServer.Program), ("glue", GlueServer.Program),
        ("hive", HiveServer.Program),
    ];

    private readonly List<IDisposable> started = [];
    private readonly Dictionary<string, FaultProxy> proxies = [];
    private readonly string folder;
    private readonly string warehouse;
    private Func<string, string, string[]?> forJava;
    private string[] javasStore = [], pythonsStore = [];
    private string? sections;

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Made if it is not there.</param>
    public Pair(string name, string folder)
    {
        (Name, this.folder) = (name, folder);
        Directory.CreateDirectory(folder);
        try
        {
            if (name.Split('-') is not [var catalog, var store]) (catalog, store) = (name, "local");
            warehouse = WarehouseIn(store, catalog);
            forJava = (space, table) => [$"{warehouse}/{space}/{table}"];
            Catalog = CatalogOf(catalog, store);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Catalog and store; a catalog alone has its files here.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["file", "rest", "file-s3", "rest-s3", "glue-s3", "hive", "hive-s3", "sqlite-s3", "postgres-s3", "file-gcs", "file-azure"];

    public string Name { get; }

    /// <summary>Lines of the section [iceberg].</summary>
    public string Catalog { get; }

    /// <summary>Further sections.</summary>
    public string Sections => sections ?? "";

    /// <summary>By what is behind them.</summary>
    public IReadOnlyDictionary<string, FaultProxy> Proxies => proxies;

    /// <summary>Iceberg's own catalog server, which has faults of its own; null for another catalog.</summary>
    public RestServer? Rest { get; private set; }

    public bool HasFaults => proxies.Count > 0;

    /// <summary>Why it cannot be had here; null where it can.</summary>
    public static string? Missing(string name)
    {
        string[] parts = name.Split('-');
        return parts.Contains("azure") && Packages.Find(AzureServer.Package, AzureServer.Program) is null ? "azurite (./build.sh test)"
            : parts.Contains("postgres") && PostgresServer.Programs is null ? "PostgreSQL (apt install postgresql)"
            : Programs.Where(p => parts.Contains(p.Part) && Shared.Find(p.Program) is null).Select(p => $"{p.Program} (K2I_SHARED)")
                .FirstOrDefault();
    }

    /// <summary>A table as Iceberg Java's judge is told of it; null where it cannot read the store.</summary>
    public string[]? ForJava(string space, string table) => forJava(space, table) is { } target ? [.. target, .. javasStore] : null;

    /// <summary>A table as PyIceberg's judge is told of it: by its newest metadata file, whatever the catalog.</summary>
    /// <param name="config">A configuration that has this pair.</param>
    public string[] ForPython(string config, string space, string table)
    {
        if (Name == "file") return [$"{warehouse}/{space}/{table}"];
        var shown = Tool.Output(Places.Binary, ["tables", "show", $"{space}.{table}", "--json", "--config", config]);
        using var json = JsonDocument.Parse(shown);
        return [json.RootElement.GetProperty("metadata_location").GetString()!, .. pythonsStore];
    }

    public void NoFaults()
    {
        foreach (var proxy in proxies.Values) proxy.NoFaults();
        Rest?.NoFaults();
    }

    public void Dispose()
    {
        started.Reverse();
        foreach (var server in started) server.Dispose();
    }

    private string WarehouseIn(string store, string catalog)
    {
        switch (store)
        {
            case "s3":
                S3 = Start(new S3Server());
                // Keys that are handed out end.
                var behind = catalog == "rest" ? Start(new TokenGate(S3.Uri, TimeSpan.FromSeconds(KeysLiveSeconds))).Uri : S3.Uri;
                var keys = catalog == "rest" ? "" : $"access_key_id = {S3Server.AccessKey}\nsecret_access_key = {S3Server.SecretKey}\n";
                sections = $"[s3]\nendpoint = {Before("store", behind)}\nregion = us-east-1\n{keys}";
                (javasStore, pythonsStore) = ([.. S3Judge, S3.Uri], ["--s3", S3.Uri]);
                return $"s3://{S3Server.Bucket}/wh";
            case "gcs":
                var google = Start(new GcsServer());
                sections = $"[gcs]\nendpoint = {Before("store", google.Uri)}\nanonymous = true";
                pythonsStore =
                [
                    "-P", $"gcs.service.host={google.Uri}", "-P", "gcs.oauth2.token=any",
                    "-P", $"gcs.oauth2.token-expires-at={DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds()}",
                ];
                return $"gs://{GcsServer.Bucket}/wh";
            case "azure":
                var azure = Start(new AzureServer());
                sections = $"[azure]\nendpoint = {Before("store", azure.Uri)}\naccount_key = {AzureServer.Key}";
                pythonsStore =
                [
                    "-P", "py-io-impl=pyiceberg.io.pyarrow.PyArrowFileIO",
                    "-P", $"adls.account-name={AzureServer.Account}", "-P", $"adls.account-key={AzureServer.Key}",
                    "-P", $"adls.blob-storage-authority={new Uri(azure.Uri).Authority}", "-P", "adls.blob-storage-scheme=http",
                    "-P", $"adls.dfs-storage-authority={new Uri(azure.Uri).Authority}", "-P", "adls.dfs-storage-scheme=http",
                ];
                return AzureServer.At("wh");
            default:
                return Directory.CreateDirectory(Path.Combine(folder, "warehouse")).FullName;
        }
    }

    private S3Server? S3 { get; set; }

    private string CatalogOf(string catalog, string store)
    {
        switch (catalog)
        {
            case "rest":
                string[] options = S3 is null ? [] :
                [
                    "--warehouse", warehouse, .. S3Judge, S3.Uri, "--s3-region", "us-east-1",
                    "--vend", "asked", "--vend-ttl", $"{KeysLiveSeconds}",
                ];
                Rest = Start(new RestServer(Path.Combine(folder, "rest"), options));
                forJava = (space, table) => [$"{space}.{table}", "--catalog", "rest", "--uri", Rest.Uri];
                // Files of this machine are reached by no keys.
                return $"catalog = rest\nuri = {Before("catalog", Rest.Uri)}" + (S3 is null ? $"\nstorage_root = {Rest.Warehouse}" : "");
            case "glue":
                var glue = Start(new GlueServer(Path.GetDirectoryName(Path.GetDirectoryName(Places.PythonJudge))!));
                forJava = (space, table) => [$"{warehouse}/{space}.db/{table}"];
                return $"catalog = glue\nuri = {Before("catalog", glue.Uri)}\nwarehouse = {warehouse}";
            case "hive":
                var hive = Start(new HiveServer(S3 is null ? null : S3Server.Bucket));
                var root = S3 is null ? "file://" + warehouse : warehouse;
                forJava = (space, table) => [$"{space}.{table}", "--catalog", "hive", "--uri", hive.Uri, "--warehouse", root];
                return $"catalog = hive\nuri = {hive.Uri}\nmetastore_locks = false\nwarehouse = {warehouse}";
            case "sqlite":
                var file = $"jdbc:sqlite:{folder}/catalog.db";
                forJava = (space, table) => OfJdbc(space, table, file);
                return $"catalog = jdbc\nuri = {file}\nwarehouse = {warehouse}";
            case "postgres":
                var postgres = Start(new PostgresServer());
                var uri = $"jdbc:postgresql://127.0.0.1:{postgres.Port}/postgres";
                string[] login = ["--prop", $"jdbc.user={PostgresServer.User}", "--prop", $"jdbc.password={PostgresServer.Password}"];
                forJava = (space, table) => [.. OfJdbc(space, table, uri), .. login];
                return $"catalog = jdbc\nuri = {uri}\nuser = {PostgresServer.User}\npassword = {PostgresServer.Password}\n"
                    + $"warehouse = {warehouse}";
            default:
                if (store is "gcs" or "azure") forJava = (_, _) => null;
                return $"catalog = file\nwarehouse = {warehouse}";
        }
    }

    private string[] OfJdbc(string space, string table, string uri) =>
        [$"{space}.{table}", "--catalog", "jdbc", "--uri", uri, "--name", "k2i", "--warehouse", warehouse];

    private string Before(string what, string uri)
    {
        var proxy = Start(new FaultProxy(uri));
        proxies.Add(what, proxy);
        return proxy.Uri;
    }

    private T Start<T>(T server) where T : IDisposable
    {
        started.Add(server);
        return server;
    }
}
