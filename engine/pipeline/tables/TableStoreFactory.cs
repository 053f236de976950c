using System.Collections.Concurrent;
using System.Collections.Immutable;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>What the tables share on the way out: the object store, the catalog, the Parquet writer's memory and helpers. Any thread.</summary>
internal sealed class TableStoreFactory(EngineOptions options, EngineServices services, MemoryShares shares, EncodeTeam? team, ILog log)
    : IDisposable
{
    private readonly ConcurrentDictionary<(TableIdent Table, string Key, string Value), bool> toldOf = new();

    internal IObjectStore Objects => services.Objects;

    internal ICatalog Catalog => services.Catalog;

    /// <summary>Where decoders of the table have the schemas of its records from; null where its records name none.</summary>
    internal ISchemaSource? SchemasOf(TableOptions table) => TableDecoding.SchemasOf(table, services.Schemas);

    /// <summary>The same of its records' keys.</summary>
    internal ISchemaSource? KeySchemasOf(TableOptions table) =>
        table.OfKeys is { } keys ? TableDecoding.SchemasOf(keys, services.Schemas) : null;

    internal IClock Clock => services.Clock;

    internal IRandom Random => services.Random;

    internal ManifestLists ManifestLists { get; } = new();

    internal EncodeTeam? EncodeTeam => team;

    internal ParquetBuffers ParquetBuffers { get; } = new(options.MemoryBytes / 8);

    /// <summary>A row group being encoded takes no more.</summary>
    internal long RowGroupBytes => shares.RowGroupBytes;

    /// <summary>The table's full name: its own namespace, or the configured default.</summary>
    internal TableIdent IdentOf(TableOptions table) =>
        table.Name.Contains('.', StringComparison.Ordinal) ? TableIdent.Parse(table.Name) : TableIdent.Parse($"{options.Iceberg.Namespace}.{table.Name}");

    /// <summary>Loads the table and makes it fit the options, or creates it; leaves it closed if its columns are still to be inferred.</summary>
    internal TableStore Open(TableOptions table, ImmutableHashSet<PauseReason> accepted, FlushCounters counters)
    {
        var identity = new TableIdentity(services.Files, options.DataDirectory, table.Name);
        var store = new TableStore(this, table, IdentOf(table), options.Iceberg.FormatVersion, identity, accepted, counters, log);
        store.Open();
        return store;
    }

    /// <summary>Tells, once for each, of properties of the table that are passed over.</summary>
    internal void TellOfProperties(TableIdent table, TableMetadata metadata)
    {
        foreach (var property in PropertyRules.Unusable(metadata))
        {
            if (!toldOf.TryAdd((table, property.Key, property.Value), true)) continue;
            log.Warn("a property of the table is passed over", ("table", table), ("property", property.Key), ("value", property.Value), ("expected", property.Expected), ("taken", property.Instead));
        }
    }

    public void Dispose() => ParquetBuffers.Dispose();
}
