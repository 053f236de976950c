using K2I.Base;

namespace K2I.Cloud.Tests;

/// <summary>One server for all tests, with a proxy before it that fails as it is told; each test has a folder of its own.</summary>
public sealed class SharedS3 : IDisposable
{
    public const string Collection = "S3";

    private readonly Lazy<S3Server> server = new(() => new S3Server());
    private readonly Lazy<FaultProxy> proxy;

    public SharedS3() => proxy = new(() => new FaultProxy(server.Value.Uri));

    public FaultProxy Proxy => proxy.Value;

    public string Uri => server.Value.Uri;

    public static string NewRoot() => $"s3://{S3Server.Bucket}/{Guid.NewGuid():N}";

    public CloudStore Store(string root) => new(root, Options(server.Value.Uri));

    /// <summary>The same, by way of the proxy, which has no rules any more.</summary>
    public CloudStore Failing(string root, int retryMs = 10_000, int timeoutMs = 30_000)
    {
        Proxy.NoFaults();
        return new(root, Options(Proxy.Uri, retryMs, timeoutMs));
    }

    public static S3Options Options(
        string uri, int retryMs = 10_000, int timeoutMs = 30_000, string secret = S3Server.SecretKey, string? caFile = null) =>
        new()
        {
            Endpoint = new Uri(uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = secret,
            CaFile = caFile,
            PartBytes = 5 << 20,
            UploadBytes = 15 << 20,
            RetryMs = retryMs,
            TimeoutMs = timeoutMs,
        };

    public void Dispose()
    {
        if (proxy.IsValueCreated) proxy.Value.Dispose();
        if (server.IsValueCreated) server.Value.Dispose();
    }
}

[CollectionDefinition(SharedS3.Collection)]
public sealed class SharedS3Collection : ICollectionFixture<SharedS3>;
