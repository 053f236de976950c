using System.Collections.Immutable;
using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>What a server hands out for the files of its tables: whose it is, how long it holds, and where it is asked for again.</summary>
public sealed class RestGrantTests
{
    private const string Root = "s3://b/wh/events", TablePath = "/v1/namespaces/db/tables/events", Refresh = TablePath + "/credentials";

    private readonly FakeClock clock = new();
    private int given;

    [Fact]
    public void OfSeveralCredentialsThatOfTheLongestPrefixIsTaken()
    {
        using var stub = Serve(() => RestStub.Table(Root,
            """{"client.region":"r","s3.access-key-id":"OF-CONFIG","s3.secret-access-key":"x"}""",
            $$$"""
            [{"prefix":"s3","config":{"s3.access-key-id":"ALL","s3.secret-access-key":"x"}},
             {"prefix":"{{{Root}}}/data","config":{"s3.access-key-id":"DATA","s3.secret-access-key":"x"}},
             {"prefix":"s3://b","config":{"s3.access-key-id":"BUCKET","s3.secret-access-key":"x"}}]
            """));
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        Assert.Equal("DATA", KeyFor(catalog, $"{Root}/data/x.parquet"));
        Assert.Equal("DATA", KeyFor(catalog, $"s3a{Root[2..]}/data/x.parquet"));
        Assert.Equal("BUCKET", KeyFor(catalog, $"{Root}/metadata/x.avro"));
        Assert.Equal("r", catalog.Grants.For(Root + "/x")!.Current()["client.region"]);
        // Elsewhere in the bucket that the table's keys are made out for, and nowhere else.
        Assert.Equal("BUCKET", KeyFor(catalog, "s3://b/other/x"));
        Assert.Null(catalog.Grants.For("gs://b/wh/events/x"));
        Assert.Same(catalog.Grants.For(Root + "/metadata/a"), catalog.Grants.For(Root + "/metadata/b"));
    }

    [Fact]
    public void KeysOfTheConfigHoldForTheTableAlone()
    {
        using var stub = Serve(() => RestStub.Table(Root, """{"s3.access-key-id":"OF-CONFIG","s3.secret-access-key":"x"}"""));
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        Assert.Equal("OF-CONFIG", KeyFor(catalog, $"{Root}/data/x.parquet"));
        Assert.Null(catalog.Grants.For(Root + "2/data/x.parquet"));
        Assert.True(catalog.Drop(TestTables.Events, purge: false));
        Assert.Null(catalog.Grants.For($"{Root}/data/x.parquet"));
    }

    [Theory]
    [InlineData("""{"s3.endpoint":"http://elsewhere","client.region":"r"}""")]
    [InlineData("""{"s3.endpoint":"http://elsewhere","s3.access-key-id":"half a key"}""")]
    public void WhatReachesNothingIsNoGrant(string config)
    {
        using var stub = Serve(() => RestStub.Table(Root, config));
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        Assert.Null(catalog.Grants.For(Root + "/x"));
    }

    [Theory]
    [InlineData(StorageAccess.Own, null)]
    [InlineData(StorageAccess.Vended, "vended-credentials")]
    [InlineData(StorageAccess.Signed, "remote-signing")]
    public void TheServerIsAskedForWhatIsConfigured(StorageAccess access, string? asked)
    {
        using var stub = Serve(() => RestStub.Table(Root, """{"s3.access-key-id":"K","s3.secret-access-key":"x"}"""));
        using var catalog = Open(stub, access);
        catalog.Load(TestTables.Events);
        Assert.Equal(asked, stub.Requests[^1].Headers["X-Iceberg-Access-Delegation"]);
        Assert.Equal(access == StorageAccess.Own, catalog.Grants.For(Root + "/x") is null);
    }

    [Fact]
    public void KeysAreRenewedBeforeTheyEndByTheEndpointThatTheServerLists()
    {
        using var stub = Serve(() => RestStub.Table(Root, Ending(600)), r => r.Url == Refresh ? new(200, Credentials(600)) : null, Listed);
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        Assert.Equal("1", KeyFor(catalog, Root + "/x"));
        clock.Pass(300_000);
        Assert.Equal("1", KeyFor(catalog, Root + "/x"));
        clock.Pass(200_000);
        Assert.Equal("2", KeyFor(catalog, Root + "/x"));
        Assert.Equal("2", KeyFor(catalog, Root + "/x"));
        Assert.Equal([Refresh], stub.Requests.Skip(2).Select(r => r.Url));
    }

    [Theory]
    [InlineData("v1/keys", "/v1/keys")]
    [InlineData("/v1/keys", "/v1/keys")]
    [InlineData("http://elsewhere.example/v1/keys", TablePath)]
    public void KeysAreRenewedWhereTheTableSaysUnlessThatIsAnotherHost(string told, string asked)
    {
        using var stub = Serve(() => RestStub.Table(Root, Ending(600, $",\"client.refresh-credentials-endpoint\":\"{told}\"")),
            r => r.Url == "/v1/keys" ? new(200, Credentials(600)) : null);
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        clock.Pass(500_000);
        Assert.Equal("2", KeyFor(catalog, Root + "/x"));
        Assert.Equal([asked], stub.Requests.Skip(2).Select(r => r.Url));
    }

    [Fact]
    public void WhereKeysAreNotGivenAnewTheTableIsLoadedForThem()
    {
        using var stub = Serve(() => RestStub.Table(Root, Ending(600)), r => r.Url == Refresh ? new(404, "{}") : null, Listed);
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        clock.Pass(500_000);
        Assert.Equal("2", KeyFor(catalog, Root + "/x"));
        Assert.Equal([Refresh, TablePath], stub.Requests.Skip(2).Select(r => r.Url));
        Assert.Null(stub.Requests[^1].Headers["If-None-Match"]);
    }

    [Fact]
    public void KeysThatCannotBeRenewedAreUsedToTheirEndAndAskedForNowAndThen()
    {
        var isAway = false;
        using var stub = Serve(() => RestStub.Table(Root, Ending(600)), r => isAway ? new(503, "{}") : r.Url == Refresh
            ? new(200, Credentials(600)) : null, Listed);
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        isAway = true;
        clock.Pass(500_000);
        for (var n = 0; n < 5; n++) Assert.Equal("1", KeyFor(catalog, Root + "/x"));
        Assert.Equal(3, stub.Requests.Count);
        clock.Pass(100_001);
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => KeyFor(catalog, Root + "/x")).Kind);
        isAway = false;
        clock.Pass(10_001);
        Assert.Equal("2", KeyFor(catalog, Root + "/x"));
    }

    [Fact]
    public void ATableThatIsUnchangedKeepsWhatItHas()
    {
        using var stub = Serve(() => RestStub.Table(Root, Ending(600)), r => r.Headers["If-None-Match"] is null ? null : new(304, ""));
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        catalog.Load(TestTables.Events);
        Assert.Equal("1", KeyFor(catalog, Root + "/x"));
    }

    [Fact]
    public void ATablesOwnTokenIsSentForItAndTheLoginsOnceItIsRefused()
    {
        const string secret = "token-of-the-table";
        var isRefused = false;
        using var stub = Serve(() => RestStub.Table(Root,
            $$"""{"token":"{{secret}}","s3.access-key-id":"K","s3.secret-access-key":"x"}"""), r =>
            r.Headers["Authorization"] != $"Bearer {secret}" ? null : isRefused ? new(401, "{}")
                : new(400, $$$"""{"error":{"message":"{{{secret}}}"}}"""));
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        Assert.Equal("Bearer of-the-catalog", stub.Requests[^1].Headers["Authorization"]);
        var error = Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events));
        Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
        isRefused = true;
        catalog.Load(TestTables.Events);
        Assert.Equal([$"Bearer {secret}", $"Bearer {secret}", "Bearer of-the-catalog"], stub.Requests.TakeLast(3)
            .Select(r => r.Headers["Authorization"]));
        catalog.ListTables(["db"]).Count();
        Assert.Equal("Bearer of-the-catalog", stub.Requests[^1].Headers["Authorization"]);
    }

    [Theory]
    [InlineData("[5]")]
    [InlineData("""[{"prefix":5}]""")]
    [InlineData("""[{"config":{}}]""")]
    [InlineData("5")]
    public void CredentialsThatAreNoneEndInErrorsOfTheContract(string credentials)
    {
        using var stub = Serve(() => RestStub.Table(Root, "{}", credentials));
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events)).Kind);
    }

    private const string Listed = """
        {"endpoints":["GET /v1/{prefix}/namespaces/{namespace}/tables/{table}",
            "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials"]}
        """;

    private static string? KeyFor(RestCatalog catalog, string location) => catalog.Grants.For(location)?.Current()["s3.access-key-id"];

    private string Ending(int seconds, string more = "") =>
        $$"""
        {"s3.access-key-id":"{{++given}}","s3.secret-access-key":"x",
            "s3.session-token-expires-at-ms":"{{clock.UnixMs + (seconds * 1000)}}"{{more}}}
        """;

    private string Credentials(int seconds) => $$"""{"storage-credentials":[{"prefix":"{{Root}}","config":{{Ending(seconds)}}}]}""";

    private static HttpStub Serve(Func<string> table, Func<HttpStub.Request, HttpStub.Answer?>? other = null, string config = "{}") =>
        RestStub.Serve(
        r => other?.Invoke(r) ?? (r.Method == "DELETE" ? new(204, "") : r.Url == TablePath ? new(200, table(), ("ETag", "\"1\"")) : null),
            config);

    private RestCatalog Open(HttpStub stub, StorageAccess access = StorageAccess.Vended) =>
        new(new RestOptions { Uri = stub.Uri, Access = access, StorageRoots = ["s3://"], Token = "of-the-catalog" }, clock);
}
