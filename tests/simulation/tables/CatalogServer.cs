using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>
/// A catalog server: holds the tables, and applies updates to whatever a table is now if the requirements hold, as the REST protocol says. It does not fail by itself.
/// </summary>
internal sealed class CatalogServer(MemoryStore store, string warehouse, IClock clock, IRandom random, TableWatch watch) : ICatalog
{
    private readonly SortedDictionary<string, List<Table>> tables = new(StringComparer.Ordinal);

    public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, $"table {ident} does not exist");

    public Table? TryLoad(TableIdent ident) => tables.TryGetValue(ident.ToString(), out var versions) ? versions[^1] : null;

    /// <summary>As it was so many changes ago.</summary>
    internal Table? Earlier(TableIdent ident, int changes) => tables.TryGetValue(ident.ToString(), out var versions) ? versions[Math.Max(0, versions.Count - 1 - changes)] : null;

    public Table Create(TableIdent ident, TableCreation creation)
    {
        if (tables.ContainsKey(ident.ToString())) throw new EngineException(ErrorKind.AlreadyExists, $"table {ident} exists already");
        var uuid = random.NewGuid().ToString();
        var metadata = TableMetadataBuilder.Empty(creation.FormatVersion).Apply(UpdatesOf(creation, uuid, $"{warehouse}/{string.Join('/', ident.Namespace)}/{ident.Name}-{uuid[..8]}")).Build(clock.UnixMs);
        return Keep(ident, [], metadata);
    }

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        if (!tables.TryGetValue(current.Ident.ToString(), out var versions)) throw new EngineException(ErrorKind.NotFound, $"table {current.Ident} does not exist");
        var now = versions[^1];
        foreach (var requirement in requirements)
            if (requirement.Violation(now.Metadata) is { } why) return new CommitOutcome.Conflict($"table {current.Ident}: {why}");
        TableMetadata next;
        try
        {
            next = TableMetadataBuilder.From(now.Metadata, now.MetadataLocation).Apply(updates).Build(clock.UnixMs);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid)
        {
            return new CommitOutcome.Conflict(error.Message);
        }
        return new CommitOutcome.Committed(ReferenceEquals(next, now.Metadata) ? now : Keep(current.Ident, versions, next));
    }

    public bool Drop(TableIdent ident, bool purge) => tables.Remove(ident.ToString());

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => [];

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => tables.Keys.Select(TableIdent.Parse);

    private static IEnumerable<MetadataUpdate> UpdatesOf(TableCreation creation, string uuid, string location) =>
    [
        new MetadataUpdate.AssignUuid(uuid),
        new MetadataUpdate.SetLocation(location),
        new MetadataUpdate.AddSchema(creation.Schema, creation.Schema.HighestId()),
        new MetadataUpdate.SetCurrentSchema(MetadataUpdate.LastAdded),
        new MetadataUpdate.AddSpec(creation.Spec),
        new MetadataUpdate.SetDefaultSpec(MetadataUpdate.LastAdded),
        new MetadataUpdate.AddSortOrder(creation.SortOrder),
        new MetadataUpdate.SetDefaultSortOrder(MetadataUpdate.LastAdded),
        new MetadataUpdate.SetProperties(creation.Properties),
    ];

    private Table Keep(TableIdent ident, List<Table> versions, TableMetadata metadata)
    {
        tables[ident.ToString()] = versions;
        var table = new Table(ident, metadata, $"{metadata.Location}/metadata/{versions.Count + 1:D5}.metadata.json");
        store.Put(table.MetadataLocation, TableMetadataJson.ToBytes(metadata));
        versions.Add(table);
        if (versions.Count > 50) versions.RemoveAt(0);
        watch.OnCommitted(metadata);
        return table;
    }
}
