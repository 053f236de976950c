using System.Collections.Concurrent;
using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// What a server has handed out for the files of the tables that were loaded, by where they lie. One entry a table, for as long as it is
/// there. Any thread.
/// </summary>
/// <param name="clock">Tells when keys end.</param>
/// <param name="renew">Asks the server for other keys of a table.</param>
/// <param name="signer">Has the server sign requests about a table, as a grant says.</param>
internal sealed class TableGrants(IClock clock, Func<TableIdent, ServedConfig, ServedConfig> renew,
    Func<TableIdent, IStorageGrant, IRequestSigner> signer) : IStorageGrants
{
    /// <summary>Properties by which a table has files elsewhere than in its folder.</summary>
    private static readonly ImmutableArray<string> OtherRoots =
        [TableProperties.DataPath, "write.metadata.path", "write.object-storage.path", "write.folder-storage.path"];

    private readonly ConcurrentDictionary<TableIdent, GrantedTable> tables = new();
    private readonly ConcurrentDictionary<string, GrantedTable> roots = new(StringComparer.Ordinal);

    /// <summary>What came with a table. A later one takes the place of what was known.</summary>
    public void Keep(Table table, ServedConfig config)
    {
        var granted = tables.GetOrAdd(table.Ident, ident =>
            new GrantedTable(clock, old => renew(ident, old), grant => signer(ident, grant), config));
        granted.Config = config;
        foreach (var root in RootsOf(table.Metadata)) roots[root] = granted;
    }

    public void Forget(TableIdent ident)
    {
        if (!tables.TryRemove(ident, out var gone)) return;
        foreach (var (root, of) in roots)
            if (ReferenceEquals(of, gone)) roots.TryRemove(new(root, of));
    }

    public TableToken? TokenOf(TableIdent ident) => tables.TryGetValue(ident, out var table) ? table.Token : null;

    public IStorageGrant? For(string location)
    {
        if (roots.IsEmpty) return null;
        location = Location.Canonical(location);
        for (var end = location.Length; end > 0; end = location.LastIndexOf('/', end - 1))
            if (roots.TryGetValue(location[..end], out var table)) return table.For(location);
        // A file that a table has outside its folders: some table's keys may be made out for just there.
        return tables.Values.Where(t => t.Config.PrefixOf(location).Length > 0).MaxBy(t => t.Config.PrefixOf(location).Length)
            ?.For(location);
    }

    private static IEnumerable<string> RootsOf(TableMetadata metadata)
    {
        yield return Root(metadata.Location);
        foreach (var name in OtherRoots)
            if (metadata.Property(name) is { Length: > 0 } elsewhere) yield return Root(elsewhere);

        static string Root(string location) => Location.Canonical(location).TrimEnd('/');
    }
}
