using K2I.Catalogs.Hive;

namespace K2I.Catalogs.Tests;

/// <summary>One metastore for the tests of a class, started when the first asks for it. Each test has databases of its own.</summary>
public sealed class HiveFixture : IDisposable
{
    private readonly Lazy<HiveServer> server = new(() => new HiveServer());
    private int databases;

    public string Uri => server.Value.Uri;

    public string Warehouse => server.Value.Warehouse;

    public HiveOptions Options => new() { Servers = HiveOptions.ServersOf(Uri), Warehouse = "file://" + Warehouse, LockTimeoutMs = 60_000 };

    /// <summary>What the names of a test's databases begin with.</summary>
    public string NewPrefix() => $"t{Interlocked.Increment(ref databases)}_";

    public void Dispose()
    {
        if (server.IsValueCreated) server.Value.Dispose();
    }
}
