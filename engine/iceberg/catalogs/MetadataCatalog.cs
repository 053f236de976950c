using System.Collections.Immutable;
using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// One table that is known by its metadata file alone. It can be looked at; no catalog is there that a change could be told.
/// </summary>
/// <param name="store">Holds the metadata file.</param>
/// <param name="metadataLocation">The metadata file.</param>
/// <param name="name">What the table is called meanwhile.</param>
public sealed class MetadataCatalog(IObjectStore store, string metadataLocation, TableIdent name) : ICatalog
{
    public Table Load(TableIdent ident) => TryLoad(ident)
        ?? throw new EngineException(ErrorKind.NotFound, $"table {ident} is not the one of {metadataLocation}");

    public Table? TryLoad(TableIdent ident) =>
        ident.Equals(name) ? new Table(ident, TableMetadataJson.Parse(store.Read(metadataLocation), metadataLocation), metadataLocation)
            : null;

    public Table Create(TableIdent ident, TableCreation creation) => throw Unsupported();

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements) =>
        throw Unsupported();

    public bool Drop(TableIdent ident, bool purge) => throw Unsupported();

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => [name.Namespace];

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) =>
        inNamespace.SequenceEqual(name.Namespace) ? [name] : [];

    private EngineException Unsupported() =>
        new(ErrorKind.Unsupported, $"{metadataLocation}: a table without a catalog can only be looked at");
}
