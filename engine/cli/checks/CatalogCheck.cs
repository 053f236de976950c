using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>Asks a catalog server whether it is one and takes the login. A file catalog is its warehouse.</summary>
internal static class CatalogCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        if (options.Iceberg.Rest is not { } rest) yield break;
        var name = $"catalog {rest.Uri}";
        CheckResult result;
        try
        {
            using var catalog = new RestCatalog(rest);
            catalog.Connect();
            var namespaces = catalog.ListNamespaces().Count();
            result = new CheckResult(name, true, $"answers; {namespaces} namespaces can be seen");
        }
        catch (EngineException error)
        {
            result = new CheckResult(name, false, error.Message, Hint(error.Kind), error.Kind is ErrorKind.Unavailable or ErrorKind.Denied);
        }
        yield return result;
    }

    private static string Hint(ErrorKind kind) => kind switch
    {
        ErrorKind.Denied => "check token, credential, scope and oauth2_server_uri in [iceberg], and the rights of that user",
        ErrorKind.NotFound => "check [iceberg] uri (without /v1) and warehouse",
        _ => "check [iceberg] uri, and that it can be reached from here",
    };
}
