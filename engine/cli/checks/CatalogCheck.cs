using K2I.Base;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>
/// Asks a catalog server whether it is one, takes the login, and looks for what ingest needs among what it offers. A file catalog is its
/// warehouse.
/// </summary>
internal static class CatalogCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        if (options.Iceberg.Rest is not { } rest) yield break;
        var name = $"catalog {rest.Uri}";
        var results = new List<CheckResult>();
        try
        {
            using var catalog = Catalogs.RestOf(options.Iceberg, SystemClock.Instance, SystemRandom.Instance);
            catalog.Connect();
            var namespaces = catalog.ListNamespaces().Count();
            results.Add(new(name, true, $"answers; {namespaces} namespaces can be seen"));
            results.AddRange(catalog.Missing().Select(m => new CheckResult($"{name}: {m}", false, "the server does not offer it",
                "take a server, or an endpoint of it, that tables can be written through")));
        }
        catch (EngineException error)
        {
            results.Add(new(name, false, error.Message, Hint(error.Kind), error.Kind is ErrorKind.Unavailable or ErrorKind.Denied));
        }
        foreach (var result in results) yield return result;
    }

    private static string Hint(ErrorKind kind) => kind switch
    {
        ErrorKind.Denied => "check token, credential, scope and oauth2_server_uri (or signing_name) in [iceberg], "
            + "and the rights of that user",
        ErrorKind.NotFound => "check [iceberg] uri (without /v1) and warehouse",
        _ => "check [iceberg] uri, and that it can be reached from here",
    };
}
