using System.Runtime.CompilerServices;
using K2I.Base;
using K2I.Catalogs.Jdbc;
using K2I.Storage;
using Microsoft.Data.Sqlite;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in a file of SQLite.</summary>
public abstract class SqliteContract : PointerContract, IDisposable
{
    private readonly TempFolder folder = new();

    protected override IObjectStore Store => field ??= new LocalStore(Warehouse);

    private protected string Warehouse => "file://" + Path.Combine(folder.Path, "warehouse");

    private protected string File => Path.Combine(folder.Path, "catalog.db");

    private protected JdbcPointers Pointers(string catalog = "c") =>
        new(new JdbcOptions { Uri = "jdbc:sqlite:" + File, CatalogName = catalog, Warehouse = Warehouse });

    protected override IPointers Open() => Pointers();

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What sqlite3 itself says.</summary>
    private protected string[] Ask(string sql)
    {
        RuntimeHelpers.RunClassConstructor(typeof(SqliteDatabase).TypeHandle);
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(c => reader.IsDBNull(c) ? "" : reader.GetString(c))] : [];
    }
}

/// <summary>The first schema version: what is made where nothing was.</summary>
public sealed class SqliteCatalogTests : SqliteContract
{
    [Fact]
    public void LookingMakesNothing()
    {
        Assert.Null(Catalog.TryLoad(Events));
        Assert.Empty(Catalog.ListNamespaces());
        Assert.Empty(Catalog.ListTables(["db"]));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void RowsAreThoseOfIcebergJava()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        TestTables.Committer(Catalog, Store).Commit(Events, new SetTableProperties { Updates = TestTables.Strings(("k", "v")) });
        string[] row = ["c", "db", "events", Other.Load(Events).MetadataLocation, table.MetadataLocation];
        Assert.Equal(row, Ask("SELECT * FROM iceberg_tables"));
        Assert.Equal(["c", "db", "exists", "true"], Ask("SELECT * FROM iceberg_namespace_properties"));
    }

    [Fact]
    public void ATableGetsAnotherNameInOneStep()
    {
        var table = Catalog.Create(Events, TestTables.Creation());
        var to = TableIdent.Parse("a.b.moved");
        Assert.True(Pointers().Rename(Events, to));
        Assert.False(Pointers().Rename(Events, to));
        Assert.Null(Other.TryLoad(Events));
        Assert.Equal(table.MetadataLocation, Other.Load(to).MetadataLocation);
        Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(ErrorKind.AlreadyExists, Assert.Throws<EngineException>(() => Pointers().Rename(Events, to)).Kind);
    }

    [Fact]
    public void CatalogsOfOneDatabaseDoNotSeeEachOther()
    {
        Catalog.Create(Events, TestTables.Creation());
        var other = new PointerCatalog(Pointers("other"), Store);
        Assert.Null(other.TryLoad(Events));
        Assert.Empty(other.ListNamespaces());
    }

    [Fact]
    public void ANamespacesLocationIsWhereItsTablesLie()
    {
        Catalog.Create(Events, TestTables.Creation());
        Ask($"INSERT INTO iceberg_namespace_properties VALUES ('c', 'db', 'location', '{Warehouse}/elsewhere/')");
        Assert.Equal($"{Warehouse}/elsewhere/more", Catalog.Create(TableIdent.Parse("db.more"), TestTables.Creation()).Metadata.Location);
    }

    [Fact]
    public void AFolderThatIsNotThereIsTold()
    {
        using var pointers = new JdbcPointers(new JdbcOptions
        {
            Uri = $"jdbc:sqlite:{File}-folder/c.db",
            CatalogName = "c",
            Warehouse = Warehouse,
        });
        var error = Assert.Throws<EngineException>(() => new PointerCatalog(pointers, Store).Create(Events, TestTables.Creation()));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.Contains("-folder/c.db", error.Message, StringComparison.Ordinal);
    }
}

/// <summary>The second schema version, in which views have a place.</summary>
public sealed class SqliteV1CatalogTests : SqliteContract
{
    public SqliteV1CatalogTests()
    {
        Directory.CreateDirectory(Location.LocalPath(Warehouse));
        Ask("CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,"
            + " table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),"
            + " previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),"
            + " PRIMARY KEY (catalog_name, table_namespace, table_name))");
    }

    [Fact]
    public void TablesSayWhatTheyAreAndViewsAreNone()
    {
        Catalog.Create(Events, TestTables.Creation());
        Assert.Equal(["TABLE"], Ask("SELECT iceberg_type FROM iceberg_tables"));
        Ask("INSERT INTO iceberg_tables VALUES ('c', 'db', 'v', 'file:///v.json', NULL, 'VIEW')");
        Ask("UPDATE iceberg_tables SET iceberg_type = NULL WHERE table_name = 'events'");
        Assert.Equal([Events], Other.ListTables(["db"]));
        var view = TableIdent.Parse("db.v");
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => Other.TryLoad(view)).Kind);
        Assert.NotNull(Other.TryLoad(Events));
    }
}
