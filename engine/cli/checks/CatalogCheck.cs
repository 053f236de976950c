using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Checks;

/// <summary>Asks a catalog whether it is one and takes the login. A file catalog is its warehouse.</summary>
internal static class CatalogCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        if (options.Iceberg.Catalog == "file") yield break;
        var name = $"catalog = {options.Iceberg.Catalog}";
        CheckResult result;
        try
        {
            name = Catalogs.NameOf(options.Iceberg);
            // Names are asked for, no file of a table.
            var catalog = Catalogs.CatalogOf(options.Iceberg, new SchemeStore(), SystemClock.Instance, SystemRandom.Instance);
            (catalog as RestCatalog)?.Connect();
            var namespaces = catalog.ListNamespaces().Count();
            (catalog as IDisposable)?.Dispose();
            result = new CheckResult(name, true, $"answers; {namespaces} namespaces can be seen");
        }
        catch (EngineException error)
        {
            result = new CheckResult(name, false, error.Message, Hint(options.Iceberg.Catalog, error.Kind),
                error.Kind is ErrorKind.Unavailable or ErrorKind.Denied);
        }
        yield return result;
    }

    private static string Hint(string catalog, ErrorKind kind) => (catalog, kind) switch
    {
        ("jdbc", ErrorKind.Denied) => "check user and password in [iceberg], and the rights of that user",
        ("glue", ErrorKind.Denied) => "check the keys in [s3] or the environment, and their rights to Glue",
        ("glue", _) => "check [s3] region and [iceberg] uri, and that it can be reached from here",
        ("jdbc", _) => "check [iceberg] uri, and that it can be reached from here",
        _ => Hint(kind),
    };

    private static string Hint(ErrorKind kind) => kind switch
    {
        ErrorKind.Denied => "check token, credential, scope and oauth2_server_uri in [iceberg], and the rights of that user",
        ErrorKind.NotFound => "check [iceberg] uri (without /v1) and warehouse",
        _ => "check [iceberg] uri, and that it can be reached from here",
    };
}
