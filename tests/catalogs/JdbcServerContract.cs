using K2I.Base;
using K2I.Catalogs.Jdbc;
using K2I.Storage;

namespace K2I.Catalogs.Tests;

/// <summary>
/// The contract of a catalog in the database of a server, and how it meets what the server refuses; each test has one of its own name in
/// the same tables.
/// </summary>
/// <param name="user">Who may use the database.</param>
/// <param name="password">Of the user.</param>
public abstract class JdbcServerContract(string user, string password) : PointerContract, IDisposable
{
    private readonly string catalog = $"c{Guid.NewGuid():N}";
    private readonly List<JdbcPointers> opened = [];

    protected override IObjectStore Store { get; } = new MemoryStore("memory://wh");

    /// <summary>The server, with the user's database.</summary>
    protected abstract string Server { get; }

    /// <summary>The same, by TLS or not at all: the server has none.</summary>
    protected abstract string ByTls { get; }

    /// <summary>A database of the server that is not there.</summary>
    protected abstract string NoDatabase { get; }

    /// <summary>What the user is told of that.</summary>
    protected abstract ErrorKind OfNoDatabase { get; }

    /// <summary>An address where no server is.</summary>
    protected abstract string Nobody { get; }

    protected override IPointers Open() => Connect(Server, password);

    public void Dispose()
    {
        opened.ForEach(p => p.Dispose());
        GC.SuppressFinalize(this);
    }

    [ContractFact]
    public void AWrongPasswordIsDeniedAndNotShown()
    {
        var error = Refusal(Server, "not-the-secret");
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public void ADatabaseThatIsNotThereIsRefusedAndAServerUnavailable()
    {
        Assert.Equal(OfNoDatabase, Refusal(NoDatabase, password).Kind);
        Assert.Equal(ErrorKind.Unavailable, Refusal(Nobody, "").Kind);
    }

    [ContractFact]
    public void AServerWithoutTlsIsRefusedWhereItIsDemanded() => Assert.Equal(ErrorKind.Unavailable, Refusal(ByTls, password).Kind);

    private EngineException Refusal(string uri, string secret) =>
        Assert.Throws<EngineException>(() => Connect(uri, secret).Find(Events));

    private JdbcPointers Connect(string uri, string secret)
    {
        opened.Add(new JdbcPointers(new JdbcOptions
        {
            Uri = uri,
            User = user,
            Password = secret,
            CatalogName = catalog,
            Warehouse = "memory://wh",
        }));
        return opened[^1];
    }
}
