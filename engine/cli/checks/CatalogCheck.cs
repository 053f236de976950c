using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>
/// Asks a catalog server whether it is one and takes the login, then tries each thing that ingest will do there on a table made for it,
/// so that a right that is
/// missing is named. What it makes it removes, but for the namespace, which ingest would make. A file catalog is its warehouse.
/// </summary>
internal static class CatalogCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        if (options.Iceberg.Catalog == "file") return [];
        var name = $"catalog {Catalogs.NameOf(options.Iceberg)}";
        try
        {
            var server = Catalogs.ToList(options.Iceberg);
            var namespaces = server.ListNamespaces().Count();
            var answers = new CheckResult(name, true, $"answers; {namespaces} namespaces can be seen");
            // What a server says that it cannot do need not be tried.
            if (server is RestCatalog rest && rest.Missing().ToList() is { Count: > 0 } missing)
                return [answers, .. missing.Select(m => new CheckResult($"{name}: {m}", false, "the server does not offer it",
                    "take a server, or an endpoint of it, that tables can be written through"))];
            if (!Catalogs.IsThere(options.Iceberg)) return [answers];
            var catalogs = Catalogs.Open(options.Iceberg);
            return [answers, .. Rights(catalogs.Catalog, catalogs.IdentOf($"k2i_probe_{Guid.NewGuid():N}"), name)];
        }
        catch (EngineException error)
        {
            return [new CheckResult(name, false, error.Message, Hint(error.Kind), IsUnreachable(error))];
        }
    }

    private static IEnumerable<CheckResult> Rights(ICatalog catalog, TableIdent ident, string name)
    {
        Table? table = null;
        var creation = new TableCreation { Schema = FieldIds.NewSchema([.. ColumnText.Parse("id: long")]) };
        (string What, Action Try)[] rights =
        [
            ("create table", () => table = catalog.Create(ident, creation)),
            ("list tables", () =>
                Require(catalog.ListTables(ident.Namespace).Contains(ident), "the table that was made is not in the list")),
            ("load table", () => table = catalog.Load(ident)),
            ("commit", () => Commit(catalog, table!)),
            ("drop table", () => Require(Drop(catalog, ident), "the table that was made is not there")),
        ];
        foreach (var (what, attempt) in rights)
        {
            EngineException? failure = null;
            try
            {
                attempt();
            }
            catch (EngineException error)
            {
                failure = error;
            }
            yield return failure is null ? new CheckResult($"{name}: {what}", true, "works")
                : new CheckResult($"{name}: {what}", false, failure.Message,
                    failure.Kind == ErrorKind.Denied ? $"give this user the right to {what}" : Hint(failure.Kind), IsUnreachable(failure));
            // Without a table nothing else can be tried.
            if (table is null) yield break;
        }
    }

    private static void Commit(ICatalog catalog, Table table)
    {
        var outcome = catalog.Commit(table,
            [new MetadataUpdate.SetProperties(ImmutableSortedDictionary<string, string>.Empty.Add("probe", "1"))],
            [new TableRequirement.AssertTableUuid(table.Metadata.Uuid)]);
        if (outcome is CommitOutcome.Unknown unknown) throw unknown.Error;
        Require(outcome is CommitOutcome.Committed, (outcome as CommitOutcome.Conflict)?.Why ?? "");
    }

    private static bool Drop(ICatalog catalog, TableIdent ident)
    {
        try
        {
            return catalog.Drop(ident, purge: true);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            return catalog.Drop(ident, purge: false);
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new EngineException(ErrorKind.Conflict, otherwise);
    }

    private static bool IsUnreachable(EngineException error) => error.Kind is ErrorKind.Unavailable or ErrorKind.Denied;

    private static string Hint(ErrorKind kind) => kind switch
    {
        ErrorKind.Denied => "check token, credential, scope and oauth2_server_uri (or signing_name), or user and password, in [iceberg] "
            + "(glue: the keys of [s3]), and the rights of that user",
        ErrorKind.NotFound => "check [iceberg] uri (rest: without /v1; nessie: with /api/v2), warehouse and ref",
        _ => "check [iceberg] uri, and that it can be reached from here",
    };
}
