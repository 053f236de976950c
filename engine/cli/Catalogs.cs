using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli;

/// <summary>The catalog and store of a configuration, for commands that look and do not write.</summary>
internal sealed record Catalogs(ICatalog Catalog, IObjectStore Store, string DefaultNamespace)
{
    /// <summary>Throws Unavailable if the warehouse is not there: looking must not create it.</summary>
    public static Catalogs Open(IcebergOptions options)
    {
        var warehouse = Location.FromConfig(options.Warehouse);
        if (!Directory.Exists(Location.LocalPath(warehouse))) throw new EngineException(ErrorKind.Unavailable, $"warehouse {options.Warehouse} does not exist; `k2i ingest` creates it");
        var store = new LocalStore(warehouse);
        return new Catalogs(new FileCatalog(store, warehouse), store, options.Namespace);
    }

    /// <summary>A table's full name: its own namespace, or the default.</summary>
    public TableIdent IdentOf(string name) => TableIdent.Parse(name.Contains('.', StringComparison.Ordinal) ? name : $"{DefaultNamespace}.{name}");

    public IEnumerable<Table> Tables()
    {
        foreach (var space in Catalog.ListNamespaces())
            foreach (var ident in Catalog.ListTables(space))
                if (Catalog.TryLoad(ident) is { } table) yield return table;
    }
}
