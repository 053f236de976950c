using K2I.Base;
using K2I.Cloud;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Files in Google's and Azure's stores that are reached by nothing but what a catalog's server hands out, for a while.</summary>
[NeedsShared(GcsServer.Program)]
public sealed class VendedTokensTests
{
    private const int LifeMs = 3_600_000;

    private readonly ShiftedClock clock = new();
    private int given;

    [ContractFact]
    public void GooglesTokens()
    {
        using var server = new GcsServer();
        using var gate = new TokenGate(server.Uri, TimeSpan.FromHours(9), "gs");
        Reach(gate, $"gs://{GcsServer.Bucket}/vended", GcsKeys.Endpoint, () =>
            $$"""{"gcs.oauth2.token":"token-{{++given}}","gcs.oauth2.token-expires-at":"{{clock.UnixMs + LifeMs}}"}""");
    }

    [ContractFact]
    public void AzuresSignatures()
    {
        if (Packages.Find(AzureServer.Package, AzureServer.Program) is null) return;
        using var server = new AzureServer();
        using var gate = new TokenGate(server.Uri, TimeSpan.FromHours(9), "abfss");
        const string host = $"{AzureServer.Account}.dfs.core.windows.net";
        Reach(gate, AzureServer.At("vended"), AzureKeys.Endpoint, () =>
            $$"""
            {"adls.sas-token.{{host}}":"{{AzureServer.Signature("rwdlc", $"2020-01-01T00:00:{++given:00}Z")}}",
             "adls.sas-token-expires-at-ms.{{host}}":"{{clock.UnixMs + LifeMs}}"}
            """);
    }

    [ContractFact]
    public void AzuresTokens()
    {
        if (Packages.Find(AzureServer.Package, AzureServer.Program) is null) return;
        using var server = new AzureServer();
        using var gate = new TokenGate(server.Uri, TimeSpan.FromHours(9), "abfss");
        Reach(gate, AzureServer.At("vended"), AzureKeys.Endpoint, () =>
            $$"""{"adls.token":"token-{{++given}}","adls.token-expires-at-ms":"{{clock.UnixMs + LifeMs}}"}""");
    }

    /// <summary>Written and read until the third token, each asked for before the one before it ends.</summary>
    private void Reach(TokenGate gate, string root, string endpoint, Func<string> keys)
    {
        using var stub = RestStub.Serve(r => r.Url.EndsWith("/tables/events", StringComparison.Ordinal)
            ? new(200, RestStub.Table(root, credentials: $$"""[{"prefix":"{{root}}","config":{{keys()}}}]""")) : null);
        using var catalog = new RestCatalog(
            new RestOptions { Uri = stub.Uri, Access = StorageAccess.Vended, StorageRoots = ["gs://", "abfss://"] }, clock);
        catalog.Load(TestTables.Events);
        var stores = new CloudStores(clock, SystemRandom.Instance);
        var store = new GrantedStore(null, catalog.Grants,
            (at, grant) => stores.Open(at, () => grant.Current().SetItem(endpoint, gate.Uri), grant.Signer));
        Write("data/first");
        Assert.Equal((1, 1), (given, gate.Tokens));
        clock.Pass(LifeMs * 19L / 20);
        Write("data/second");
        Assert.Equal((2, 2), (given, gate.Tokens));
        clock.Pass(LifeMs * 19L / 20);
        Write("data/third");
        Assert.Equal((3, 3), (given, gate.Tokens));
        Assert.Equal(3, store.List(root + "/").Count());
        Assert.Equal(ErrorKind.Denied, Assert.Throws<EngineException>(() => store.Read("s3://elsewhere/x")).Kind);

        void Write(string name)
        {
            using (var writer = store.Create($"{root}/{name}"))
            {
                // More than one request.
                writer.Write(new byte[9 << 20]);
                writer.Complete();
            }
            Assert.Equal(9 << 20, store.Length($"{root}/{name}"));
        }
    }
}
