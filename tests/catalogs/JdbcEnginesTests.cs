using System.Text.Json;
using K2I.Catalogs.Jdbc;
using K2I.Columns;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>
/// Iceberg Java and PyIceberg on the tables that we have in a database: each sees what the others did, and goes on with it.
/// </summary>
[NeedsShared(Judge.Program)]
public sealed class JdbcEnginesTests(PostgresServer postgres, MariaDbServer mariaDb)
    : IClassFixture<PostgresServer>, IClassFixture<MariaDbServer>, IDisposable
{
    // What the judge calls its catalogs.
    private const string CatalogName = "judge";

    private static readonly TableIdent Events = TestTables.Events;

    private readonly TempFolder folder = new();

    private string Warehouse => "file://" + folder.Path;

    public void Dispose() => folder.Dispose();

    [ContractFact]
    public void TheyTakeTurnsOnSqlite()
    {
        var uri = $"jdbc:sqlite:{folder.Path}/catalog.db";
        using var pointers = new JdbcPointers(new JdbcOptions { Uri = uri, CatalogName = CatalogName, Warehouse = Warehouse });
        var catalog = TakeTurns(pointers, uri, Java);
        PyIcebergToo(catalog, $"sqlite:///{folder.Path}/catalog.db", p => Tool.Run(PythonEngine.Program, ["-"], p));
    }

    [PostgresFact]
    public void TheyTakeTurnsOnPostgres()
    {
        var uri = $"jdbc:postgresql://127.0.0.1:{postgres.Port}/postgres";
        using var pointers = new JdbcPointers(new JdbcOptions
        {
            Uri = uri,
            User = PostgresServer.User,
            Password = PostgresServer.Password,
            CatalogName = CatalogName,
            Warehouse = Warehouse,
        });
        TakeTurns(pointers, uri, Java, "--prop", $"jdbc.user={PostgresServer.User}", "--prop", $"jdbc.password={PostgresServer.Password}");
    }

    [MariaDbFact]
    public void TheyTakeTurnsOnMariaDb()
    {
        using var pointers = new JdbcPointers(new JdbcOptions
        {
            Uri = mariaDb.Uri,
            User = MariaDbServer.User,
            Password = MariaDbServer.Password,
            CatalogName = CatalogName,
            Warehouse = Warehouse,
        });
        var catalog = TakeTurns(pointers, mariaDb.Uri, MariaDbServer.Judge,
            "--prop", $"jdbc.user={MariaDbServer.User}", "--prop", $"jdbc.password={MariaDbServer.Password}");
        PyIcebergToo(catalog, mariaDb.PythonUri, p => mariaDb.Python(PythonEngine.Program, ["-"], p));
    }

    private static ToolResult Java(params string[] command) => Tool.Run(Shared.Need(Judge.Program), command);

    private void PyIcebergToo(PointerCatalog catalog, string uri, Func<string, ToolResult> python)
    {
        string Py(string what) => python($"""
            from pyiceberg.catalog.sql import SqlCatalog
            import pyarrow as pa
            c = SqlCatalog("{CatalogName}", uri="{uri}", warehouse="{Warehouse}")
            {what}
            """).Expect(0).Output.Trim();
        Py($"t = c.load_table('{Events}'); t.append(pa.table(" + "{'id': [1, 2]}, schema=pa.schema([pa.field('id', pa.int64(), False)])))");
        Assert.Equal("7", catalog.Load(Events).Metadata.CurrentSnapshot!.Summary["total-records"]);
        Py($"c.create_table('db.theirs', c.load_table('{Events}').schema())");
        var theirs = TableIdent.Parse("db.theirs");
        var set = new SetTableProperties { Updates = TestTables.Strings(("k", "v")) };
        TestTables.Committer(catalog, new LocalStore(folder.Path)).Commit(theirs, set);
        Assert.Equal("v", Py("print(c.load_table('db.theirs').properties['k'])"));
        Assert.Equal("db.events db.theirs", Py("print(*sorted('.'.join(t) for t in c.list_tables('db')))"));
    }

    /// <summary>Iceberg Java finds tables of the first schema version, and makes them the second's.</summary>
    private PointerCatalog TakeTurns(JdbcPointers pointers, string uri, Func<string[], ToolResult> java, params string[] more)
    {
        var store = new LocalStore(folder.Path);
        var catalog = new PointerCatalog(pointers, store);
        var committer = TestTables.Committer(catalog, store);
        catalog.Create(Events, TestTables.Creation());
        var deep = TableIdent.Parse("a.b.deep");
        string[] where = ["--catalog", "jdbc", "--uri", uri, "--warehouse", Warehouse, .. more];
        string Java(params string[] command) => java([.. command, .. where]).Expect(0).Output;
        Java("op", "append", $"{Events}", "--rows", "5");
        Assert.Equal("5", catalog.Load(Events).Metadata.CurrentSnapshot!.Summary["total-records"]);
        committer.Commit(Events, new UpdateSchema().Add("", "more", PrimitiveType.Long));
        Java("op", "set", $"{Events}", "theirs=1");
        committer.Commit(Events, new SetTableProperties { Updates = TestTables.Strings(("ours", "1")) });
        using var shown = JsonDocument.Parse(Java("show", $"{Events}"));
        var properties = shown.RootElement.GetProperty("properties");
        Assert.Equal(("1", "1"), (properties.GetProperty("theirs").GetString(), properties.GetProperty("ours").GetString()));
        Java("op", "create", $"{deep}", "--schema", "id long!");
        committer.Commit(deep, new SetTableProperties { Updates = TestTables.Strings(("ours", "1")) });
        Assert.Contains("\"ours\"", Java("show", $"{deep}"), StringComparison.Ordinal);
        Assert.True(catalog.Drop(deep, purge: true));
        java(["show", $"{deep}", .. where]).Expect(3);
        Java("check", $"{Events}");
        return catalog;
    }
}
