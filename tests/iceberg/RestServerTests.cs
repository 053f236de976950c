using System.Text;
using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>What a server says of itself, and how far that is followed.</summary>
public sealed class RestServerTests
{
    private const string Login = "grant_type=client_credentials&client_id=me&client_secret=secret&scope=catalog";

    private readonly FakeClock clock = new();

    [Fact]
    public void WhatTheServersListLacksIsNotAskedFor()
    {
        using var stub = RestStub.Serve(_ => new(200, RestStub.Table("file:///wh")),
            """{"endpoints":["GET /v1/{prefix}/namespaces/{namespace}/tables/{table}"]}""");
        using var catalog = Open(stub);
        var table = catalog.Load(TestTables.Events);
        var asked = stub.Requests.Count;
        foreach (var call in (Action[])
        [
            () => catalog.Commit(table, [], []), () => catalog.Create(TestTables.Events, TestTables.Creation()), () =>
                catalog.Drop(TestTables.Events, purge: true),
            () => catalog.ListNamespaces().Count(), () => catalog.ListTables(["db"]).Count(),
        ])
        {
            var error = Assert.Throws<EngineException>(call);
            Assert.Equal(ErrorKind.Unsupported, error.Kind);
            Assert.Contains("/v1/{prefix}/namespaces", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(asked, stub.Requests.Count);
        Assert.Equal(2, catalog.Missing().Count());
    }

    [Theory]
    [InlineData("{0}/moved/", "/moved/v1/p/namespaces/db/tables/events")]
    [InlineData("http://elsewhere.example/moved", "/v1/p/namespaces/db/tables/events")]
    [InlineData("ftp://x", "/v1/p/namespaces/db/tables/events")]
    [InlineData("", "/v1/p/namespaces/db/tables/events")]
    public void AnAddressThatTheServerGivesIsFollowedOnItsOwnHostOnly(string uri, string asked)
    {
        var config = "";
        using var stub = new HttpStub(r => r.Url.StartsWith("/v1/config", StringComparison.Ordinal) ? new(200, config) : new(404, "{}"));
        config = $$$"""{"overrides":{"uri":"{{{uri.Replace("{0}", stub.Uri, StringComparison.Ordinal)}}}","prefix":"p"}}""";
        using var catalog = Open(stub, new RestOptions { Uri = "", Token = "a-secret-token" });
        Assert.Null(catalog.TryLoad(TestTables.Events));
        Assert.Equal(asked, stub.Requests[^1].Url);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(501)]
    public void ServersThatKnowNoDeeperNamespacesAreAskedForThoseThatTheyKnow(int status)
    {
        using var stub = RestStub.Serve(r => r.Url.Contains("parent=", StringComparison.Ordinal) ? new(status, "{}")
            : new(200, """{"namespaces":[["a"],["b"]]}"""));
        using var catalog = Open(stub);
        Assert.Equal(["a", "b"], catalog.ListNamespaces().Select(n => n.Single()));
    }

    [Fact]
    public void ATokenIsRenewedByAnotherForItWhereThatIsAskedFor()
    {
        var given = 0;
        using var stub = RestStub.Serve(r => r.Url == "/v1/oauth/tokens"
            ? new(200, $$"""{"access_token":"t{{++given}}","token_type":"bearer","expires_in":100}""")
                : new(200, RestStub.Table("file:///wh")));
        var options = new RestOptions { Uri = "", Credential = "me:secret", TokenExchange = true, Audience = "them", Resource = "r" };
        using var catalog = Open(stub, options);
        catalog.Load(TestTables.Events);
        Assert.Equal(Login + "&audience=them&resource=r", stub.Requests[0].Body);
        clock.Pass(76_000);
        catalog.Load(TestTables.Events);
        var exchange = stub.Requests.Last(r => r.Url == "/v1/oauth/tokens");
        Assert.Contains("grant-type%3Atoken-exchange&subject_token=t1&", exchange.Body, StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("me:secret"u8), exchange.Headers["Authorization"]);
        Assert.Equal("Bearer t2", stub.Requests[^1].Headers["Authorization"]);
    }

    [Fact]
    public void WhereTokensAreNotExchangedTheCredentialIsUsedAgain()
    {
        var given = 0;
        using var stub = RestStub.Serve(r => r.Url != "/v1/oauth/tokens" ? new(200, RestStub.Table("file:///wh"))
            : r.Body.Contains("token-exchange", StringComparison.Ordinal) ? new(400, """{"error":"unsupported_grant_type"}""")
                : new(200, $$"""{"access_token":"t{{++given}}","expires_in":100}"""));
        using var catalog = Open(stub, new RestOptions { Uri = "", Credential = "me:secret", TokenExchange = true });
        catalog.Load(TestTables.Events);
        clock.Pass(76_000);
        catalog.Load(TestTables.Events);
        Assert.Equal("Bearer t2", stub.Requests[^1].Headers["Authorization"]);
        Assert.Equal(Login, stub.Requests[^2].Body);
    }

    [Fact]
    public void AGivenTokenThatSaysWhenItEndsIsExchangedBefore()
    {
        using var stub = RestStub.Serve(r => r.Url == "/v1/oauth/tokens" ? new(200, """{"access_token":"next","expires_in":1000}""")
            : new(200, RestStub.Table("file:///wh")));
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"exp":{{(clock.UnixMs / 1000) + 1000}}}""")).TrimEnd('=');
        using var catalog = Open(stub, new RestOptions { Uri = "", Token = $"h.{claims}.s", TokenExchange = true });
        catalog.Load(TestTables.Events);
        Assert.Equal($"Bearer h.{claims}.s", stub.Requests[^1].Headers["Authorization"]);
        clock.Pass(950_000);
        catalog.Load(TestTables.Events);
        Assert.Equal("Bearer next", stub.Requests[^1].Headers["Authorization"]);
    }

    [Fact]
    public void EveryRequestIsSignedAsItIsSent()
    {
        using var stub = RestStub.Serve(r => r.Method == "POST" ? new(409, "{}") : new(200, RestStub.Table("file:///wh")),
            """{"idempotency-key-lifetime":"PT30M"}""");
        var signer = new Signer();
        using var catalog = Open(stub, new RestOptions { Uri = "", Signer = signer, Headers = TestTables.Strings(("X-Tenant", "a")) });
        var table = catalog.Load(TestTables.Events);
        Assert.IsType<CommitOutcome.Conflict>(catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("a", "b")))],
            []));
        Assert.Equal(signer.Signed, stub.Requests.Select(r =>
            $"{r.Method} {r.Url} {r.Body.Length} {r.Headers["X-Tenant"]} {r.Headers["Idempotency-Key"]}"));
        Assert.All(stub.Requests, r => Assert.Equal("signed", r.Headers["Authorization"]));
    }

    private sealed class Signer : IRequestSigner
    {
        public List<string> Signed { get; } = [];

        public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
        {
            Signed.Add($"{request.Method} {request.RequestUri!.PathAndQuery} {body.Length} "
                + $"{Header(request, "X-Tenant")} {Header(request, "Idempotency-Key")}");
            request.Headers.TryAddWithoutValidation("Authorization", "signed");
        }

        private static string Header(HttpRequestMessage request, string name) =>
            request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";
    }

    private RestCatalog Open(HttpStub stub, RestOptions? options = null) =>
        new((options ?? new RestOptions { Uri = "" }) with { Uri = stub.Uri, StorageRoots = ["file:///wh"] }, clock);
}
