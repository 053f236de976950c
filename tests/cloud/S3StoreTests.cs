using System.Text;

using K2I.Base;
using K2I.Storage;
using K2I.Storage.Tests;

namespace K2I.Cloud.Tests;

[Collection(SharedS3.Collection)]
[NeedsShared(S3Server.Program)]
public sealed class S3StoreTests(SharedS3 s3) : CloudContract
{
    private readonly string root = SharedS3.NewRoot();

    protected override string Root => root;

    protected override FaultProxy Proxy => s3.Proxy;

    protected override string SmallWrite => "\"method\":\"PUT\"";

    /// <summary>The start, each of three parts, the end.</summary>
    protected override string[] UploadRequests { get; } =
    [
        "\"method\":\"POST\",\"path\":\"uploads\"", "\"path\":\"partNumber=1\"", "\"path\":\"partNumber=3\"",
        "\"method\":\"POST\",\"path\":\"uploadId\"",
    ];

    protected override string[] FaultsOfItsOwn { get; } = ["\"fault\":\"status\",\"status\":409,\"code\":\"ConditionalRequestConflict\""];

    protected override CloudStore Open() => s3.Store(root);

    protected override CloudStore Failing(int retryMs, int timeoutMs) => s3.Failing(root, retryMs, timeoutMs);

    [ContractFact]
    public void UploadsAreListedBeyondOnePage()
    {
        const int uploads = 1_005;
        var options = SharedS3.Options(s3.Uri);
        var http = HttpConnections.Of(options);
        var client = new CloudClient(options.Service(http, SystemClock.Instance), http, options, SystemClock.Instance,
            SystemRandom.Instance);
        for (var n = 0; n < uploads; n++)
        {
            var place = CloudPlace.Of($"{root}/begun/p={n % 7}/{n}", "s3");
            client.Send(new CloudRequest(HttpMethod.Post, place) { Query = [("uploads", null)] });
        }
        var found = Store.ListUnfinished($"{root}/begun/").ToList();
        Assert.Equal(uploads, found.Select(u => u.Id).Distinct().Count());
        Assert.Equal(uploads, found.Count);
        Assert.All(found, u => Assert.True(Store.Abort(u)));
        Assert.Empty(Store.ListUnfinished($"{root}/begun/"));
    }

    [ContractFact]
    public void ManyAreRemovedByFewRequests()
    {
        var store = s3.Failing(root);
        string[] there = [$"{root}/there/1", $"{root}/there/2", $"{root}/there/3"];
        foreach (var location in there) store.Put(location, "x"u8);
        var before = s3.Proxy.Calls().Count;
        Assert.Empty(store.DeleteAll([there[0], .. Enumerable.Range(0, 1_000).Select(n => $"{root}/none/{n}"), .. there[1..]]));
        Assert.Equal(2, s3.Proxy.Calls().Count - before);
        Assert.Empty(store.List($"{root}/"));
    }

    [ContractFact]
    public void LostAnswersToARemovalAreNothing()
    {
        var store = s3.Failing(root);
        foreach (var fault in (string[])["\"fault\":\"drop-after\"", "\"fault\":\"status\",\"status\":503", "\"fault\":\"twice\""])
        {
            store.Put($"{root}/x", "x"u8);
            s3.Proxy.Fail($"{{{fault},\"method\":\"POST\",\"times\":1}}");
            Assert.Empty(store.DeleteAll([$"{root}/x"]));
            s3.Proxy.NoFaults();
            Assert.False(store.Exists($"{root}/x"));
        }
    }

    [ContractFact]
    public void OtherNamesOfTheSchemeAreTheSamePlace()
    {
        foreach (var scheme in (string[])["s3", "s3a", "s3n"])
        {
            var elsewhere = scheme + root["s3".Length..];
            Store.Put($"{elsewhere}/a", Encoding.ASCII.GetBytes(scheme));
            Assert.Equal(scheme, Encoding.ASCII.GetString(Store.Read($"{root}/a")));
            Assert.Equal($"{elsewhere}/a", Assert.Single(Store.List($"{elsewhere}/")).Location);
        }
    }

    [ContractFact]
    public void BehindTlsItIsReachedOnceItsAuthorityIsTrusted()
    {
        using var authority = new PrivateAuthority();
        using var stranger = new PrivateAuthority();
        using var server = TlsServer.Before(s3.Uri, authority.Issue());
        var store = new CloudStore(Root, SharedS3.Options(server.Uri, caFile: authority.File));
        store.RequireConditionalWrites();
        Assert.True(store.PutIfAbsent($"{Root}/tls/v1", "1"u8));
        Assert.False(store.PutIfAbsent($"{Root}/tls/v1", "2"u8));
        var bytes = new byte[11 << 20];
        new Random(7).NextBytes(bytes);
        using (var writer = store.Create($"{Root}/tls/large"))
        {
            writer.Write(bytes);
            writer.Complete();
        }
        Assert.True(bytes.AsSpan().SequenceEqual(store.Read($"{Root}/tls/large")));
        var other = new CloudStore(Root, SharedS3.Options(server.Uri, retryMs: 0, caFile: stranger.File));
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(() => other.Read($"{Root}/tls/v1")).Kind);
    }

    [ContractFact]
    public void WrongSecretIsDeniedAndNotTold()
    {
        var stranger = new CloudStore(root, SharedS3.Options(s3.Proxy.Uri, secret: "not-the-secret-of-tests"));
        foreach (var act in (Action[])[() => stranger.Put($"{root}/x", "1"u8), () => stranger.Read($"{root}/x"), ()
            => _ = stranger.List($"{root}/").Count()])
        {
            var error = Assert.Throws<EngineException>(act);
            Assert.Equal(ErrorKind.Denied, error.Kind);
            Assert.Contains(root, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [ContractFact]
    public void BucketThatIsNotThereIsNamed()
    {
        var elsewhere = "s3://no-such-bucket-of-tests/wh";
        var lost = s3.Store(elsewhere);
        var error = Assert.Throws<EngineException>(() => lost.Put($"{elsewhere}/x", "1"u8));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains("NoSuchBucket", error.Message, StringComparison.Ordinal);
    }
}
