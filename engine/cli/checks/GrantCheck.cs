using K2I.Base;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Checks;

/// <summary>
/// Tries what a catalog's server hands out for the files of each table that is there: its keys are made out for those alone. Where
/// nothing is there yet,
/// or nothing is handed out, what the configuration has is tried.
/// </summary>
internal static class GrantCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        Catalogs catalogs;
        try
        {
            catalogs = Catalogs.Open(options.Iceberg);
        }
        catch (EngineException error)
        {
            return [new("files of tables", false, error.Message, "see the catalog", error.Kind == ErrorKind.Unavailable)];
        }
        var (results, isOwn, isThere) = (new List<CheckResult>(), false, false);
        foreach (var table in options.Tables)
        {
            var ident = catalogs.IdentOf(table.Name);
            try
            {
                if (catalogs.Catalog.TryLoad(ident) is not { } found) continue;
                isThere = true;
                var place = Location.Normalize(found.Metadata.Location);
                if (catalogs.Grants?.For(place) is null) isOwn = true;
                else results.AddRange(RightsCheck.Try($"files of {ident}", place, catalogs.Store, conditional: false));
            }
            catch (EngineException)
            {
                // What is wrong with the table its own check says.
            }
        }
        var hasRoot = options.Iceberg.StorageRoot is not null;
        if (hasRoot && (isOwn || (!isThere && !options.Iceberg.Storage.IsEmpty))) results.AddRange(RightsCheck.Run(options.Iceberg));
        else if (isOwn)
            results.Add(new("files of tables", false, "the server hands out nothing for them",
                "set storage_root and [s3], or have the server hand out keys"));
        if (results.Count == 0)
            results.Add(new("files of tables", true,
                "are reached by what the server hands out with each table; none is there yet that it could be tried with"));
        return results;
    }
}
