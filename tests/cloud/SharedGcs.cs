namespace K2I.Cloud.Tests;

/// <summary>
/// One stand-in of Google's store for all tests, with a proxy before it that fails as it is told; each test has a folder of its own.
/// </summary>
public sealed class SharedGcs : IDisposable
{
    public const string Collection = "GCS";

    private readonly Lazy<GcsServer> server = new(() => new GcsServer());
    private readonly Lazy<FaultProxy> proxy;

    public SharedGcs() => proxy = new(() => new FaultProxy(server.Value.Uri));

    public FaultProxy Proxy => proxy.Value;

    public string Uri => server.Value.Uri;

    public static string NewRoot() => $"gs://{GcsServer.Bucket}/{Guid.NewGuid():N}";

    public void Dispose()
    {
        if (proxy.IsValueCreated) proxy.Value.Dispose();
        if (server.IsValueCreated) server.Value.Dispose();
    }
}

[CollectionDefinition(SharedGcs.Collection)]
public sealed class SharedGcsCollection : ICollectionFixture<SharedGcs>;
