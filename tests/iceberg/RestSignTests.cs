using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Cloud;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Requests to S3 that the catalog's server signs, against a store that knows the server's keys alone.</summary>
public sealed class RestSignTests
{
    private const string Root = $"s3://{S3Server.Bucket}/wh/events", Path = "/v1/sign/events";

    private const string Config = $$"""
        {"s3.remote-signing-enabled":"true","s3.signer.uri":"{ROOT}","s3.signer.endpoint":"{{Path}}","client.region":"us-east-1"}
        """;

    [SharedFact(S3Server.Program)]
    public void EveryRequestIsSignedAndSomeSignaturesAreUsedAgain()
    {
        using var server = new S3Server();
        using var stub = Signer("private");
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        var clouds = new CloudStores(SystemClock.Instance, SystemRandom.Instance);
        var properties = new Dictionary<string, string> { ["s3.endpoint"] = server.Uri, ["client.region"] = "us-east-1" };
        var store = new GrantedStore(null, catalog.Grants, (root, grant) => clouds.Open(root, () => properties, grant.Signer));

        store.Put(Root + "/a b+ü.bin", "first"u8);
        Assert.Equal("first"u8, store.Read(Root + "/a b+ü.bin"));
        Assert.True(store.PutIfAbsent(Root + "/once", "1"u8));
        Assert.False(store.PutIfAbsent(Root + "/once", "2"u8));
        var large = new byte[(9 << 20) + 5];
        Random.Shared.NextBytes(large);
        using (var writer = store.Create(Root + "/large"))
        {
            writer.Write(large);
            writer.Complete();
        }
        var part = new byte[1000];
        using (var reader = store.Open(Root + "/large")) reader.ReadAt(5_000_000, part);
        Assert.Equal(large.AsSpan(5_000_000, part.Length).ToArray(), part);
        Assert.Equal(3, store.List(Root + "/").Count());
        Assert.True(store.Delete(Root + "/once"));
        Assert.False(store.Exists(Root + "/once"));

        var asked = Signed(stub);
        Assert.Equal("first"u8, store.Read(Root + "/a b+ü.bin"));
        Assert.Equal(asked, Signed(stub));
        store.Put(Root + "/a b+ü.bin", "second"u8);
        Assert.Equal(asked + 1, Signed(stub));
        Assert.All(stub.Requests.Where(r => r.Url == Path), r => Assert.Equal("Bearer of-the-catalog", r.Headers["Authorization"]));
    }

    [Fact]
    public void WhatIsNotSignedIsDenied()
    {
        using var stub = RestStub.Serve(r => r.Url == Path ? new(403, """{"error":{"message":"URI not allowed for signing"}}""")
            : Table(r));
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Denied, Refusal(catalog).Kind);
    }

    [Fact]
    public void SignaturesAreAskedOfTheCatalogsHostOnly()
    {
        using var stub = RestStub.Serve(_ => new(200, RestStub.Table(Root,
            """{"s3.remote-signing-enabled":"true","s3.signer.uri":"http://elsewhere.example"}""")));
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Denied, Refusal(catalog).Kind);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public void ASignatureForAnotherHostIsNotUsed()
    {
        using var stub = RestStub.Serve(r => r.Url == Path ? new(200, """{"uri":"http://elsewhere.example/b/x","headers":{}}""")
            : Table(r));
        using var catalog = Open(stub);
        Assert.Equal(ErrorKind.Denied, Refusal(catalog).Kind);
    }

    [Fact]
    public void AnswersThatMustNotBeKeptAreAskedForAgain()
    {
        using var stub = Signer("no-cache");
        using var catalog = Open(stub);
        catalog.Load(TestTables.Events);
        var signer = catalog.Grants.For(Root)!.Signer!;
        for (var n = 0; n < 2; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://store/b/x");
            signer.Sign(request, default);
            Assert.Contains("AWS4-HMAC-SHA256", request.Headers.NonValidated["Authorization"].ToString(), StringComparison.Ordinal);
        }
        Assert.Equal(2, Signed(stub));
    }

    private static int Signed(HttpStub stub)
    {
        lock (stub.Requests) return stub.Requests.Count(r => r.Url == Path);
    }

    private static EngineException Refusal(RestCatalog catalog)
    {
        catalog.Load(TestTables.Events);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://store/b/x");
        return Assert.Throws<EngineException>(() => catalog.Grants.For(Root)!.Signer!.Sign(request, default));
    }

    private static HttpStub.Answer? Table(HttpStub.Request request) => request.Url.EndsWith("/tables/events", StringComparison.Ordinal)
        ? new(200, RestStub.Table(Root, Config.Replace("{ROOT}", $"http://{request.Headers["Host"]}", StringComparison.Ordinal))) : null;

    /// <summary>A catalog that signs with the keys of the store.</summary>
    private static HttpStub Signer(string cache) => RestStub.Serve(request =>
    {
        if (request.Url != Path) return Table(request);
        using var asked = JsonDocument.Parse(request.Body);
        var uri = asked.RootElement.GetProperty("uri").GetString()!;
        var headers = asked.RootElement.GetProperty("headers").EnumerateObject()
            .Select(h => KeyValuePair.Create(h.Name, h.Value[0].GetString()!));
        var signed = SigV4.Sign(asked.RootElement.GetProperty("method").GetString()!,
            new Uri(uri, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }),
            headers, S3Server.AccessKey, S3Server.SecretKey, asked.RootElement.GetProperty("region").GetString()!);
        var json = new StringBuilder($$"""{"uri":{{JsonSerializer.Serialize(uri)}},"headers":{""");
        json.AppendJoin(',', signed.Select(s => $"{JsonSerializer.Serialize(s.Key)}:[{JsonSerializer.Serialize(s.Value)}]"));
        return new(200, json.Append("}}").ToString(), ("Cache-Control", cache));
    });

    private static RestCatalog Open(HttpStub stub) =>
        new(new RestOptions { Uri = stub.Uri, Access = StorageAccess.Signed, StorageRoots = ["s3://"], Token = "of-the-catalog" });
}
