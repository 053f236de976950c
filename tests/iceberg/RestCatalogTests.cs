using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>The contract, kept through Iceberg's own server.</summary>
[NeedsShared(RestServer.Program)]
public sealed class RestCatalogContractTests : CatalogContract, IDisposable
{
    private readonly RestServer server = new(null, "--clients", "1");
    private readonly RestCatalog catalog;
    private readonly RestCatalog other;
    private readonly LocalStore store;

    public RestCatalogContractTests()
    {
        store = new LocalStore(server.Warehouse);
        catalog = server.Open();
        other = server.Open();
    }

    protected override ICatalog Catalog => catalog;

    protected override ICatalog Other => other;

    protected override IObjectStore Store => store;

    public void Dispose()
    {
        catalog.Dispose();
        other.Dispose();
        server.Dispose();
    }
}
