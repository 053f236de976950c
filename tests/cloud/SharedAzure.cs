namespace K2I.Cloud.Tests;

/// <summary>
/// One stand-in of Azure's store for all tests, with a proxy before it that fails as it is told; each test has a folder of its own.
/// </summary>
public sealed class SharedAzure : IDisposable
{
    public const string Collection = "Azure";

    private readonly Lazy<AzureServer> server = new(() => new AzureServer());
    private readonly Lazy<FaultProxy> proxy;

    public SharedAzure() => proxy = new(() => new FaultProxy(server.Value.Uri));

    public FaultProxy Proxy => proxy.Value;

    public string Uri => server.Value.Uri;

    public static string NewRoot() => AzureServer.At($"{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (proxy.IsValueCreated) proxy.Value.Dispose();
        if (server.IsValueCreated) server.Value.Dispose();
    }
}

[CollectionDefinition(SharedAzure.Collection)]
public sealed class SharedAzureCollection : ICollectionFixture<SharedAzure>;
