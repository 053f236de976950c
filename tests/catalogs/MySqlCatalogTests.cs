using K2I.Base;

namespace K2I.Catalogs.Tests;

/// <summary>The catalog in MariaDB, by MySQL's protocol.</summary>
[NeedsShared(MariaDbServer.Program)]
public sealed class MySqlCatalogTests(MariaDbServer server) : JdbcServerContract(MariaDbServer.User, MariaDbServer.Password),
    IClassFixture<MariaDbServer>
{
    protected override string Server => $"jdbc:mariadb://127.0.0.1:{server.Port}/{MariaDbServer.Database}";

    protected override string ByTls => $"jdbc:mysql://127.0.0.1:{server.Port}/{MariaDbServer.Database}?sslMode=REQUIRED";

    protected override string NoDatabase => $"jdbc:mariadb://127.0.0.1:{server.Port}/none";

    /// <summary>Without rights to it nobody is told whether it is there.</summary>
    protected override ErrorKind OfNoDatabase => ErrorKind.Denied;

    protected override string Nobody => "jdbc:mysql://127.0.0.1:1/lake";

    [ContractFact]
    public void ANameInAnotherCaseIsAnotherNameWhateverTheDatabaseCompares()
    {
        Catalog.Create(Events, TestTables.Creation());
        var shouted = new TableIdent(Events.Namespace, Events.Name.ToUpperInvariant());
        Assert.Null(new PointerCatalog(Open(), Store).TryLoad(shouted));
    }
}
