using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>What goes over the wire and what answers mean, against a server that says whatever it likes.</summary>
public sealed class RestProtocolTests
{
    private const string Secret = "tok-0123456789";

    private readonly FakeClock clock = new();

    /// <summary>A table as a server would give it.</summary>
    private static string TableAt(string root, string? name = null)
    {
        var store = new MemoryStore("memory://wh");
        var table = new FileCatalog(store, "memory://wh").Create(TestTables.Events, TestTables.Creation());
        var metadata = Encoding.UTF8.GetString(TableMetadataJson.ToBytes(table.Metadata)).Replace("memory://wh", root, StringComparison.Ordinal);
        return $$$"""{"metadata-location":"{{{root}}}/db/{{{name ?? "events"}}}/metadata/1.json","metadata":{{{metadata}}},"config":{"token":"x"},"storage-credentials":[{"prefix":"s3://b","config":{}}]}""";
    }

    private RestCatalog Open(HttpStub stub, RestOptions? options = null) =>
        new((options ?? new RestOptions { Uri = "" }) with { Uri = stub.Uri + "/", StorageRoots = ["file:///wh"] }, clock);

    private static HttpStub Serve(Func<HttpStub.Request, HttpStub.Answer?> answer, string config = "{}") => new(request =>
        request.Url.StartsWith("/v1/config", StringComparison.Ordinal) ? new(200, config) : answer(request) ?? new(200, TableAt("file:///wh"), ("ETag", "\"1\"")));

    private static CommitOutcome Commit(RestCatalog catalog, Table table, string value) =>
        catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings(("a", value)))], [new TableRequirement.AssertTableUuid(table.Metadata.Uuid)]);

    [Fact]
    public void KeyIsTheSameOverResendsOfOneCommitAndNewForTheNext()
    {
        var status = 503;
        using var stub = Serve(r => r.Method == "POST" ? new(status, "{}") : null, """{"idempotency-key-lifetime":"PT30M"}""");
        using var catalog = Open(stub);
        var table = catalog.Load(TestTables.Events);
        Assert.IsType<CommitOutcome.Unknown>(Commit(catalog, table, "1"));
        Assert.IsType<CommitOutcome.Unknown>(Commit(catalog, table, "1"));
        status = 409;
        Assert.IsType<CommitOutcome.Conflict>(Commit(catalog, table, "1"));
        Assert.IsType<CommitOutcome.Conflict>(Commit(catalog, table, "1"));
        var keys = stub.Requests.Where(r => r.Method == "POST").Select(r => r.Headers["Idempotency-Key"]!).ToList();
        Assert.Equal(4, keys.Count);
        Assert.Single(keys.Take(3).Distinct());
        Assert.NotEqual(keys[2], keys[3]);
        Assert.Equal('7', keys[0][14]);
    }

    [Fact]
    public void KeyIsNotSentToAServerThatDoesNotAskForIt()
    {
        using var stub = Serve(r => r.Method == "POST" ? new(409, "{}") : null);
        using var catalog = Open(stub);
        Commit(catalog, catalog.Load(TestTables.Events), "1");
        Assert.All(stub.Requests, r => Assert.Null(r.Headers["Idempotency-Key"]));
    }

    [Theory]
    [InlineData(400, ErrorKind.Invalid)]
    [InlineData(401, ErrorKind.Denied)]
    [InlineData(403, ErrorKind.Denied)]
    [InlineData(404, ErrorKind.NotFound)]
    [InlineData(405, ErrorKind.Unsupported)]
    [InlineData(302, ErrorKind.Unsupported)]
    [InlineData(413, ErrorKind.Invalid)]
    [InlineData(429, ErrorKind.Unavailable)]
    public void RefusedCommitsAreCertain(int status, object kind)
    {
        using var stub = Serve(r => r.Method == "POST" ? new(status, """{"error":{"message":"no","type":"X","code":1}}""") : null);
        using var catalog = Open(stub);
        var table = catalog.Load(TestTables.Events);
        Assert.Equal((ErrorKind)kind, Assert.Throws<EngineException>(() => Commit(catalog, table, "1")).Kind);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(501, "{}")]
    [InlineData(502, "<html>")]
    [InlineData(503, "{}")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    [InlineData(200, "")]
    [InlineData(200, "{\"metadata\":")]
    [InlineData(200, "[]")]
    [InlineData(204, "")]
    public void AnswersThatTellNothingAreUnknown(int status, string body)
    {
        using var stub = Serve(r => r.Method == "POST" ? new(status, status == 204 ? "" : body) : null);
        using var catalog = Open(stub);
        Assert.IsType<CommitOutcome.Unknown>(Commit(catalog, catalog.Load(TestTables.Events), "1"));
    }

    [Fact]
    public void CommitThatCannotConnectDidNotLand()
    {
        var stub = Serve(_ => null);
        using var catalog = Open(stub);
        var table = catalog.Load(TestTables.Events);
        stub.Dispose();
        // The pooled connection is found closed first, which tells nothing; after that nothing listens.
        EngineException? error = null;
        for (var tries = 0; tries < 3 && error is null; tries++)
        {
            try
            {
                Assert.IsType<CommitOutcome.Unknown>(Commit(catalog, table, "1"));
            }
            catch (EngineException caught)
            {
                error = caught;
            }
        }
        Assert.Equal(ErrorKind.Unavailable, error!.Kind);
    }

    [Fact]
    public void WaitsAsLongAsTheServerAsks()
    {
        var busy = true;
        using var stub = Serve(_ => busy ? new(429, "{}", ("Retry-After", "3")) : null);
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events)).Kind);
        busy = false;
        catalog.Load(TestTables.Events);
        Assert.Equal(3_000, clock.SleptMs);
    }

    [Fact]
    public void SecretsNeverStandInErrors()
    {
        using var stub = Serve(r => new(400, $$$"""{"error":{"message":"bad token {{{r.Headers["Authorization"]}}}\u0007","type":"X","code":400}}"""));
        using var catalog = Open(stub, new RestOptions { Uri = "", Token = Secret });
        var error = Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Equal($"Bearer {Secret}", stub.Requests[^1].Headers["Authorization"]);
        Assert.DoesNotContain(Secret, new RestOptions { Uri = "http://c", Token = Secret, Credential = $"id:{Secret}" }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc", ErrorKind.Denied)]
    [InlineData("file:///wh/../etc", ErrorKind.Denied)]
    [InlineData("file:///whale", ErrorKind.Denied)]
    [InlineData("s3://bucket/wh", ErrorKind.Unsupported)]
    public void TablesElsewhereAreRefused(string root, object kind)
    {
        using var stub = Serve(_ => new(200, TableAt(root)));
        using var catalog = Open(stub);
        Assert.Equal((ErrorKind)kind, Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events)).Kind);
    }

    [Fact]
    public void UnchangedTableIsNotSentAgain()
    {
        using var stub = Serve(r => r.Headers["If-None-Match"] == "\"1\"" ? new(304, "") : null);
        using var catalog = Open(stub);
        Assert.Same(catalog.Load(TestTables.Events), catalog.Load(TestTables.Events));
    }

    [Fact]
    public void NamesArriveAsTheyAre()
    {
        using var stub = Serve(_ => new(404, "{}"), """{"overrides":{"prefix":"pre/fix"}}""");
        using var catalog = Open(stub, new RestOptions { Uri = "", Warehouse = "my lake&x", Headers = TestTables.Strings(("X-Tenant", "a")) });
        Assert.Null(catalog.TryLoad(new TableIdent(["a b", "ü"], "t?x#%2F")));
        Assert.Equal("/v1/config?warehouse=my%20lake%26x", stub.Requests[0].Url);
        Assert.Equal("/v1/pre/fix/namespaces/a%20b%1F%C3%BC/tables/t%3Fx%23%252F", stub.Requests[1].Url);
        Assert.All(stub.Requests, r => Assert.Equal("a", r.Headers["X-Tenant"]));
        foreach (var bad in (string[])["..", "a/b", "", "a\u001fb"]) Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => catalog.TryLoad(new TableIdent([bad], "t"))).Kind);
    }

    [Fact]
    public void PagesAreFollowed()
    {
        using var stub = Serve(r => r.Url.Contains("pageToken=p%202", StringComparison.Ordinal)
            ? new(200, """{"identifiers":[{"namespace":["db"],"name":"b"}]}""")
            : new(200, """{"identifiers":[{"namespace":["db"],"name":"a"}],"next-page-token":"p 2"}"""));
        using var catalog = Open(stub);
        Assert.Equal(["db.a", "db.b"], catalog.ListTables(["db"]).Select(t => t.ToString()));
    }

    [Fact]
    public void OverlongAnswersAreCutOff()
    {
        using var stub = Serve(_ => new(200, new string(' ', 1 << 20)));
        using var catalog = Open(stub, new RestOptions { Uri = "", MaxAnswerBytes = 64 << 10 });
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => catalog.Load(TestTables.Events)).Kind);
    }

    public static TheoryData<string> Hostile =>
    [
        "", "5", "null", "[]", "{}", "\"x\"", "{\"metadata\":5,\"metadata-location\":5}", "{\"metadata\":{},\"metadata-location\":\"file:///wh/x\"}", "{\"identifiers\":[5]}",
        "{\"identifiers\":[{\"namespace\":5,\"name\":5}]}", "{\"identifiers\":5}", "{\"identifiers\":[{\"namespace\":[\"a\"],\"name\":\"\\ud800\"}]}", "{\"namespaces\":[[5]]}", "{\"namespaces\":[5]}",
        "{\"error\":5}", "{\"error\":{\"message\":5}}", "{\"error\":{\"message\":\"\\ud800\"}}", "{\"error\":\"\\udc00\"}", "{\"next-page-token\":5}", "\u0000", "{\"metadata\":",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void NonsenseEndsInErrorsOfTheContract(string body)
    {
        var status = 200;
        var hostile = false;
        using var stub = Serve(_ => hostile ? new(status, body) : null);
        using var catalog = Open(stub);
        var table = catalog.Load(TestTables.Events);
        hostile = true;
        foreach (var code in (int[])[200, 400, 409, 500])
        {
            status = code;
            foreach (var call in (Action[])
            [
                () => catalog.Load(TestTables.Events), () => Commit(catalog, table, "1"), () => catalog.Create(TestTables.Events, TestTables.Creation()),
                () => catalog.ListNamespaces().Count(), () => catalog.ListTables(["db"]).Count(), () => catalog.Drop(TestTables.Events, purge: false),
            ])
            {
                try
                {
                    call();
                }
                catch (EngineException)
                {
                    // Any other exception is a bug that a server can reach.
                }
            }
        }
        status = 200;
        Assert.IsNotType<CommitOutcome.Committed>(Commit(catalog, table, "1"));
    }

    [Fact]
    public void LandedCommitWithATableElsewhereIsUnknown()
    {
        using var stub = Serve(r => r.Method == "POST" ? new(200, TableAt("file:///etc")) : null);
        using var catalog = Open(stub);
        Assert.IsType<CommitOutcome.Unknown>(Commit(catalog, catalog.Load(TestTables.Events), "1"));
    }

    [Fact]
    public void WebPageIsNotACatalog()
    {
        using var stub = new HttpStub(_ => new(200, "<html>hello</html>"));
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(catalog.Connect).Kind);
    }

    [Fact]
    public void PagesOfProxiesAreNotPrinted()
    {
        using var stub = new HttpStub(_ => new(404, "\n<!DOCTYPE HTML>\n<html><body>hello</body></html>"));
        using var catalog = Open(stub);
        var message = Assert.Throws<EngineException>(catalog.Connect).Message;
        Assert.Contains("status 404, a page of HTML: is a catalog at this address?", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenIsFetchedOnceAndAgainBeforeItExpiresOrWhenRefused()
    {
        var (given, revoked) = (0, false);
        using var stub = new HttpStub(request =>
        {
            if (request.Url == "/v1/oauth/tokens") return new(200, $$"""{"access_token":"t{{++given}}","token_type":"bearer","expires_in":100}""");
            if (revoked && request.Headers["Authorization"] == "Bearer t2") return new(401, "{}");
            return request.Url.StartsWith("/v1/config", StringComparison.Ordinal) ? new(200, "{}") : new(200, TableAt("file:///wh"));
        });
        using var catalog = Open(stub, new RestOptions { Uri = "", Credential = "me:s&ecret", Scope = "all" });
        catalog.Load(TestTables.Events);
        catalog.Load(TestTables.Events);
        Assert.Equal(1, given);
        Assert.Equal("grant_type=client_credentials&client_id=me&client_secret=s%26ecret&scope=all", stub.Requests[0].Body);
        clock.Pass(76_000);
        catalog.Load(TestTables.Events);
        Assert.Equal(2, given);
        revoked = true;
        catalog.Load(TestTables.Events);
        Assert.Equal(3, given);
    }
}
