using K2I.Base;
using K2I.Catalogs.Jdbc;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in MariaDB, by MySQL's protocol; each test has one of its own name in the same tables.</summary>
[NeedsShared(MariaDbServer.Program)]
public sealed class MySqlCatalogTests(MariaDbServer server) : PointerContract, IClassFixture<MariaDbServer>, IDisposable
{
    private readonly string catalog = $"c{Guid.NewGuid():N}";
    private readonly List<JdbcPointers> opened = [];

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    protected override IPointers Open() => Connect(MariaDbServer.Password);

    public void Dispose() => opened.ForEach(p => p.Dispose());

    [ContractFact]
    public void AWrongPasswordIsDeniedAndNotShown()
    {
        var error = Assert.Throws<EngineException>(() => Connect("not-the-secret").Find(Events));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public void ADatabaseThatIsNotThereIsRefusedAndAServerUnavailable()
    {
        // Without rights to it nobody is told whether it is there.
        Assert.Equal(ErrorKind.Denied, Assert.Throws<EngineException>(() => Connect(MariaDbServer.Password, "none").Find(Events)).Kind);
        using var nobody = new JdbcPointers(Options("jdbc:mysql://127.0.0.1:1/lake", ""));
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => nobody.Find(Events)).Kind);
    }

    [ContractFact]
    public void AServerWithoutTlsIsRefusedWhereItIsDemanded()
    {
        var uri = $"jdbc:mysql://127.0.0.1:{server.Port}/{MariaDbServer.Database}?sslMode=REQUIRED";
        using var pointers = new JdbcPointers(Options(uri, MariaDbServer.Password));
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => pointers.Find(Events)).Kind);
    }

    [ContractFact]
    public void ANameInAnotherCaseIsAnotherNameWhateverTheDatabaseCompares()
    {
        Catalog.Create(Events, TestTables.Creation());
        var shouted = new TableIdent(Events.Namespace, Events.Name.ToUpperInvariant());
        Assert.Null(new PointerCatalog(Open(), Store).TryLoad(shouted));
    }

    private JdbcPointers Connect(string password, string database = MariaDbServer.Database)
    {
        opened.Add(new JdbcPointers(Options($"jdbc:mariadb://127.0.0.1:{server.Port}/{database}", password)));
        return opened[^1];
    }

    private JdbcOptions Options(string uri, string password) =>
        new() { Uri = uri, User = MariaDbServer.User, Password = password, CatalogName = catalog, Warehouse = "memory://wh" };
}
