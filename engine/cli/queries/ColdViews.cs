using K2I.Columns;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Query;

namespace K2I.Cli.Queries;

/// <summary>The tables of a catalog as views without a row in memory: for a look at them while no process runs.</summary>
/// <param name="catalogs">Where they are.</param>
/// <param name="configured">Tables of the configuration, whose keys are known by it.</param>
internal sealed class ColdViews(Catalogs catalogs, IReadOnlyList<TableOptions> configured) : IReadViews
{
    public IReadOnlyList<string> Tables => [.. catalogs.Tables().Select(t => t.Ident.ToString()).Order(StringComparer.Ordinal)];

    // Rows that a process has in memory, if one runs after all, are in no view of this one.
    public ReadView Open(string table)
    {
        var loaded = Load(table);
        return new(loaded, [], [], OffsetsOf(loaded), isPartial: true, []);
    }

    public OffsetVector OffsetsOf(string table) => OffsetsOf(Load(table));

    public long MomentOf(string table) => Load(table).Metadata.LastUpdatedMs;

    /// <summary>Rows are found by the configured key; of a table without one, by the identifier fields of its schema.</summary>
    public IKeyLookup? KeysOf(string table)
    {
        var ident = catalogs.IdentOf(table);
        if (configured.FirstOrDefault(t => catalogs.IdentOf(t.Name).Equals(ident)) is { Key.IsEmpty: false } options)
            return new NoneInMemory(options.Key);
        var schema = Load(table).Metadata.CurrentSchema;
        return schema.IdentifierFieldIds.IsEmpty ? null : new NoneInMemory([.. schema.IdentifierFieldIds.Select(id => schema.PathOf(id)!)]);
    }

    private Table Load(string table) => catalogs.Catalog.TryLoad(catalogs.IdentOf(table))
        ?? throw new QueryException(QueryFault.NotFound, $"there is no table {TextFit.Clean(table)}");

    private static OffsetVector OffsetsOf(Table table) => new(
        from topic in OffsetMap.Of(table).Topics
        from partition in topic.Value.Partitions
        select KeyValuePair.Create((topic.Key, partition.Key), partition.Value));

    private sealed class NoneInMemory(IReadOnlyList<string> columns) : IKeyLookup
    {
        public IReadOnlyList<string> Columns => columns;

        public (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key) => null;
    }
}
