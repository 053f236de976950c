using K2I.Cloud;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>
/// A catalog without a server in S3: the contract that it keeps in a folder. Each client has a store of its own, as each process has.
/// </summary>
[NeedsShared(S3Server.Program)]
public sealed class S3FileCatalogTests(S3FileCatalogTests.Server server) : CatalogContract, IClassFixture<S3FileCatalogTests.Server>
{
    private readonly string root = $"s3://{S3Server.Bucket}/{Guid.NewGuid():N}";
    private IObjectStore? store;

    protected override IObjectStore Store => store ??= Open();

    protected override ICatalog Catalog => new FileCatalog(Store, root);

    protected override ICatalog Other => new FileCatalog(Open(), root);

    private CloudStore Open() => new(root, new S3Options
    {
        Endpoint = new Uri(server.Running.Value.Uri),
        Region = "us-east-1",
        AccessKeyId = S3Server.AccessKey,
        SecretAccessKey = S3Server.SecretKey,
    });

    public sealed class Server : IDisposable
    {
        internal Lazy<S3Server> Running { get; } = new(() => new S3Server());

        public void Dispose()
        {
            if (Running.IsValueCreated) Running.Value.Dispose();
        }
    }
}
