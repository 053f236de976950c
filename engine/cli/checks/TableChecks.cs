using K2I.Base;
using K2I.Pipeline;

namespace K2I.Cli.Checks;

/// <summary>Looks for each table in the catalog: will it be created, or does the one that is there go with the options?</summary>
internal static class TableChecks
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        try
        {
            // Opening would create it.
            var exists = options.Iceberg.Rest is not null || Catalogs.IsThere(options.Iceberg);
            var catalogs = exists ? Catalogs.Open(options.Iceberg) : null;
            return [.. options.Tables.Select(t => catalogs is null ? new CheckResult($"table {t.Name}", true, "will be created") : Table(catalogs, t))];
        }
        catch (EngineException error)
        {
            return [new CheckResult($"catalog {options.Iceberg.Catalog}", false, error.Message, "see the catalog and the warehouse", Unreachable: true)];
        }
    }

    private static CheckResult Table(Catalogs catalogs, TableOptions options)
    {
        var ident = catalogs.IdentOf(options.Name);
        var name = $"table {ident}";
        try
        {
            if (catalogs.Catalog.TryLoad(ident) is not { } table)
                return new CheckResult(name, true, TableCheck.DeclaredSchema(options) is null ? "will be created, with columns inferred from the first records" : "will be created");
            var added = TableCheck.ColumnsToAdd(options, table);
            var offsets = OffsetMap.Of(table).Topics.Count();
            return new CheckResult(name, true, $"is there, {table.Metadata.CurrentSchema.Fields.Length} columns{(added.Count > 0 ? $", will get {string.Join(", ", added)}" : "")}{(offsets == 0 ? ", not fed by k2i so far" : "")}{(TableCheck.OtherPartitioning(options, table) is { } other ? $"; {other}" : "")}");
        }
        catch (EngineException error)
        {
            return new CheckResult(name, false, error.Message, error.Kind == ErrorKind.Corrupt ? "restore the metadata file, or name another table" : "change columns, or name another table", error.Kind == ErrorKind.Unavailable);
        }
    }
}
