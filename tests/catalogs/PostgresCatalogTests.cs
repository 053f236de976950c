using K2I.Base;
using K2I.Catalogs.Jdbc;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in PostgreSQL; each test has one of its own name in the same tables.</summary>
[NeedsShared("/usr/lib/postgresql")]
public sealed class PostgresCatalogTests(PostgresServer server) : PointerContract, IClassFixture<PostgresServer>, IDisposable
{
    private readonly string catalog = $"c{Guid.NewGuid():N}";
    private readonly List<JdbcPointers> opened = [];

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    protected override IPointers Open() => Connect(PostgresServer.Password);

    public void Dispose() => opened.ForEach(p => p.Dispose());

    [ContractFact]
    public void AWrongPasswordIsDeniedAndNotShown()
    {
        var error = Assert.Throws<EngineException>(() => Connect("not-the-secret").Find(Events));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public void ADatabaseThatIsNotThereIsInvalidAndAServerUnavailable()
    {
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Connect(PostgresServer.Password, "none").Find(Events)).Kind);
        using var nobody = new JdbcPointers(Options("jdbc:postgresql://127.0.0.1:1/postgres", ""));
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => nobody.Find(Events)).Kind);
    }

    [ContractFact]
    public void AServerWithoutTlsIsRefusedWhereItIsDemanded()
    {
        var uri = $"jdbc:postgresql://127.0.0.1:{server.Port}/postgres?sslmode=require";
        using var pointers = new JdbcPointers(Options(uri, PostgresServer.Password));
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => pointers.Find(Events)).Kind);
    }

    private JdbcPointers Connect(string password, string database = "postgres")
    {
        opened.Add(new JdbcPointers(Options($"jdbc:postgresql://127.0.0.1:{server.Port}/{database}", password)));
        return opened[^1];
    }

    private JdbcOptions Options(string uri, string password) =>
        new() { Uri = uri, User = PostgresServer.User, Password = password, CatalogName = catalog, Warehouse = "memory://wh" };
}
