using System.Collections.Immutable;

using K2I.Base;
using K2I.Iceberg;

namespace K2I.Catalogs.Jdbc;

/// <summary>
/// Pointers in a database: the tables of Iceberg Java's JdbcCatalog, which PyIceberg's SqlCatalog has as well. They are made with the first
/// table that is created. Any thread; calls block.
/// </summary>
/// <remarks>
/// A swap is one UPDATE that names the old pointer, so the database's own row lock decides between writers. Tables of the second schema
/// version say in <c>iceberg_type</c> what they are; where the column is missing, or empty, they are tables.
/// </remarks>
public sealed class JdbcPointers : IPointers, IDisposable
{
    private const string Tables = "iceberg_tables", Properties = "iceberg_namespace_properties", TypeColumn = "iceberg_type";

    private const string MakeTables = $"""
        CREATE TABLE IF NOT EXISTS {Tables} (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
        table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000),
        PRIMARY KEY (catalog_name, table_namespace, table_name))
        """;

    private const string MakeProperties = $"""
        CREATE TABLE IF NOT EXISTS {Properties} (catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
        property_key VARCHAR(255), property_value VARCHAR(1000), PRIMARY KEY (catalog_name, namespace, property_key))
        """;

    private const string OfTable = "WHERE catalog_name = @catalog AND table_namespace = @space AND table_name = @name";

    private readonly JdbcOptions options;
    private readonly JdbcDatabase database;
    private readonly JdbcSession session;

    /// <summary>Asks the database nothing yet.</summary>
    /// <exception cref="EngineException">Invalid: the URI is none.</exception>
    public JdbcPointers(JdbcOptions options)
    {
        this.options = options;
        var uri = JdbcUri.Parse(options.Uri, out var flaw)
            ?? throw new EngineException(ErrorKind.Invalid, $"the uri of the catalog: {flaw}");
        Name = uri.Name;
        database = JdbcDatabase.Of(uri, options);
        session = new JdbcSession(database, Name);
    }

    public string Name { get; }

    public string PlaceOf(TableIdent ident)
    {
        var location = session.Rows(
            $"SELECT property_value FROM {Properties} WHERE catalog_name = @catalog AND namespace = @space AND property_key = 'location'",
            ("@catalog", options.CatalogName), ("@space", SpaceOf(ident))).FirstOrDefault()?.GetValueOrDefault("property_value");
        return $"{location?.TrimEnd('/') ?? $"{options.Warehouse.TrimEnd('/')}/{string.Join('/', ident.Namespace)}"}/{ident.Name}";
    }

    public string? Find(TableIdent ident)
    {
        // All columns: there may be one for the kind, or not.
        // Databases differ in what they take for the same text: case, blanks at the end.
        if (session.Rows($"SELECT * FROM {Tables} {OfTable}", Key(ident)).Find(r => r.GetValueOrDefault("table_name") == ident.Name
            && r.GetValueOrDefault("table_namespace") == SpaceOf(ident)) is not { } row) return null;
        if (IsView(row)) throw new EngineException(ErrorKind.Unsupported, $"{ident} is a view in {Name}");
        return row.GetValueOrDefault("metadata_location")
            ?? throw new EngineException(ErrorKind.Corrupt, $"{ident}: no metadata file in {Name}");
    }

    public bool Add(Table table)
    {
        var columns = Prepare();
        var space = SpaceOf(table.Ident);
        MakeNamespace(space);
        var (name, value) = columns.Contains(TypeColumn) ? ($", {TypeColumn}", ", 'TABLE'") : ("", "");
        return session.Change(
            $"INSERT INTO {Tables} (catalog_name, table_namespace, table_name, metadata_location{name})"
            + $" VALUES (@catalog, @space, @name, @next{value})",
            [.. Key(table.Ident), ("@next", table.MetadataLocation)]) == 1;
    }

    public bool Swap(Table before, Table next) => session.Change(
        $"UPDATE {Tables} SET metadata_location = @next, previous_metadata_location = @old {OfTable} AND metadata_location = @old",
        [.. Key(before.Ident), ("@old", before.MetadataLocation), ("@next", next.MetadataLocation)]) == 1;

    public bool Remove(TableIdent ident) => session.Change($"DELETE FROM {Tables} {OfTable}", Key(ident)) == 1;

    public bool Rename(TableIdent from, TableIdent to)
    {
        if (Find(from) is null) return false;
        MakeNamespace(SpaceOf(to));
        if (session.Change($"UPDATE {Tables} SET table_namespace = @space2, table_name = @name2 {OfTable}",
            [.. Key(from), ("@space2", SpaceOf(to)), ("@name2", to.Name)]) == 1) return true;
        return Find(to) is null ? false : throw new EngineException(ErrorKind.AlreadyExists, $"table {to} exists already in {Name}");
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces()
    {
        var catalog = ("@catalog", options.CatalogName);
        var names = session.Rows($"SELECT DISTINCT table_namespace AS space FROM {Tables} WHERE catalog_name = @catalog", catalog)
            .Concat(session.Rows($"SELECT DISTINCT namespace AS space FROM {Properties} WHERE catalog_name = @catalog", catalog))
            .Select(row => row["space"].Split('.').ToImmutableArray());
        // One that was made has those above it, whether they were made or not.
        return names.SelectMany(n => Enumerable.Range(1, n.Length).Select(l => n[..l])).DistinctBy(n => string.Join('.', n));
    }

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        var rows = session.Rows($"SELECT * FROM {Tables} WHERE catalog_name = @catalog AND table_namespace = @space",
            ("@catalog", options.CatalogName), ("@space", string.Join('.', inNamespace)));
        return rows.Where(row => !IsView(row)).Select(row => new TableIdent(inNamespace, row["table_name"]));
    }

    public void Dispose() => database.Dispose();

    /// <summary>A name with a dot in one of its levels could not be told from a deeper one.</summary>
    private static string SpaceOf(TableIdent ident) =>
        ident.Namespace.Any(l => l.Contains('.', StringComparison.Ordinal))
            ? throw new EngineException(ErrorKind.Invalid, $"the name '{ident}' is refused: a level of its namespace holds a dot")
            : string.Join('.', ident.Namespace);

    private (string, string)[] Key(TableIdent ident) =>
        [("@catalog", options.CatalogName), ("@space", SpaceOf(ident)), ("@name", ident.Name)];

    private static bool IsView(Dictionary<string, string> row) => row.GetValueOrDefault(TypeColumn) == "VIEW";

    /// <summary>The tables are there, made if they were not: what the first of them has.</summary>
    private string[] Prepare()
    {
        if (session.Columns(Tables) is { Length: > 0 } there && session.Columns(Properties).Length > 0) return there;
        foreach (var make in (ReadOnlySpan<string>)[MakeTables, MakeProperties]) Idempotent(() => session.Change(make));
        return session.Columns(Tables) is { Length: > 0 } made ? made
            : throw new EngineException(ErrorKind.Unavailable, $"{Name}: table {Tables} was made, and is not there");
    }

    private void MakeNamespace(string space) => Idempotent(() => session.Change(
        $"INSERT INTO {Properties} (catalog_name, namespace, property_key, property_value) VALUES (@catalog, @space, 'exists', 'true')",
        ("@catalog", options.CatalogName), ("@space", space)));

    /// <summary>What may be done twice may be tried again later, whatever became of it.</summary>
    private static void Idempotent(Action change)
    {
        try
        {
            change();
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            throw new EngineException(ErrorKind.Unavailable, error.Message, error);
        }
    }
}
