using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>What the tables share on the way out: the object store, the catalog, the Parquet writer's memory. Any thread.</summary>
internal sealed class TableStoreFactory : IDisposable
{
    private readonly EngineOptions options;
    private readonly ILog log;
    private readonly IClock clock;

    internal TableStoreFactory(EngineOptions options, ILog log, IClock clock)
    {
        (this.options, this.log, this.clock) = (options, log, clock);
        if (options.Iceberg.Catalog != "file") throw new EngineException(ErrorKind.Unsupported, $"catalog = {options.Iceberg.Catalog}: this build knows catalog = file");
        var warehouse = Location.FromConfig(options.Iceberg.Warehouse);
        if (Location.SchemeOf(warehouse) != "file") throw new EngineException(ErrorKind.Unsupported, $"warehouse = {options.Iceberg.Warehouse}: this build knows local warehouses (a path or file://)");
        ParquetBuffers = new(options.MemoryBytes / 8);
        Objects = new SchemeStore().Add("file", new LocalStore(warehouse));
        Catalog = new FileCatalog(Objects, warehouse, clock);
    }

    internal IObjectStore Objects { get; }

    internal ICatalog Catalog { get; }

    internal ParquetBuffers ParquetBuffers { get; }

    /// <summary>The table's full name: its own namespace, or the configured default.</summary>
    internal TableIdent IdentOf(TableOptions table) =>
        table.Name.Contains('.', StringComparison.Ordinal) ? TableIdent.Parse(table.Name) : TableIdent.Parse($"{options.Iceberg.Namespace}.{table.Name}");

    /// <summary>Loads the table and makes it fit the options, or creates it; leaves it closed if its columns are still to be inferred.</summary>
    internal TableStore Open(TableOptions table, MemoryShares memory)
    {
        var store = new TableStore(this, table, IdentOf(table), options.Iceberg.FormatVersion, memory, log, clock);
        store.Open();
        return store;
    }

    public void Dispose() => ParquetBuffers.Dispose();
}
