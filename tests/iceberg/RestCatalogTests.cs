using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>The contract, kept through Iceberg's own server.</summary>
[NeedsShared(RestServer.Program)]
public sealed class RestCatalogContractTests : CatalogContract, IDisposable
{
    private readonly RestServer _server = new("--clients", "1");
    private readonly RestCatalog _catalog;
    private readonly RestCatalog _other;
    private readonly LocalStore _store;

    public RestCatalogContractTests()
    {
        _store = new LocalStore(_server.Warehouse);
        _catalog = _server.Open();
        _other = _server.Open();
    }

    protected override ICatalog Catalog => _catalog;

    protected override ICatalog Other => _other;

    protected override IObjectStore Store => _store;

    public void Dispose()
    {
        _catalog.Dispose();
        _other.Dispose();
        _server.Dispose();
    }
}
