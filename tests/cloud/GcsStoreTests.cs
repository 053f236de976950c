using K2I.Base;

namespace K2I.Cloud.Tests;

[Collection(SharedGcs.Collection)]
[NeedsShared(GcsServer.Program)]
public sealed class GcsStoreTests(SharedGcs gcs) : CloudContract
{
    private readonly string root = SharedGcs.NewRoot();

    protected override string Root => root;

    protected override FaultProxy Proxy => gcs.Proxy;

    protected override bool ListsUnfinished => false;

    protected override bool TakesPartsAgain => false;

    protected override string SmallWrite => "\"method\":\"POST\",\"path\":\"uploadType=multipart\"";

    /// <summary>The start, the first part, the last.</summary>
    protected override string[] UploadRequests { get; } =
    [
        "\"method\":\"POST\",\"path\":\"uploadType=resumable\"", "\"method\":\"PUT\",\"header\":{\"content-range\":\"bytes 0-\"}",
        "\"method\":\"PUT\",\"header\":{\"content-range\":\"/[0-9]+$\"}",
    ];

    protected override CloudStore Open() => At(gcs.Uri);

    protected override CloudStore Failing(int retryMs, int timeoutMs)
    {
        Proxy.NoFaults();
        return At(Proxy.Uri, retryMs, timeoutMs);
    }

    [ContractFact]
    public void BucketThatIsNotThereIsNotFound()
    {
        var lost = new CloudStore("gs://no-such-bucket-of-tests/wh", new GcsOptions { Endpoint = new Uri(gcs.Uri), IsAnonymous = true });
        var error = Assert.Throws<EngineException>(() => lost.Put("gs://no-such-bucket-of-tests/wh/x", "1"u8));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    [ContractFact]
    public void ATokenThatIsGivenIsAskedForAgainBeforeItEnds()
    {
        var asked = 0;
        var clock = new ShiftedClock();
        var stores = new CloudStores(clock, SystemRandom.Instance);
        var store = stores.Open(root, () => new Dictionary<string, string>
        {
            [GcsKeys.Endpoint] = Proxy.Uri,
            [GcsKeys.Token] = $"token-{++asked}",
            [GcsKeys.TokenEnds] = $"{clock.UnixMs + 3_600_000}",
        });
        Proxy.NoFaults();
        store.Put($"{root}/a", "1"u8);
        Assert.Equal(1, asked);
        clock.Pass(50 * 60_000);
        store.Put($"{root}/b", "1"u8);
        Assert.Equal(1, asked);
        clock.Pass(6 * 60_000);
        // The first is not taken any more.
        Proxy.Fail("""{"fault":"status","status":401,"header":{"authorization":"token-1$"}}""");
        store.Put($"{root}/c", "1"u8);
        Assert.Equal(2, asked);
        // One that is refused early is asked for anew, once.
        Proxy.Fail("""{"fault":"status","status":401,"header":{"authorization":"token-2$"}}""");
        store.Put($"{root}/d", "1"u8);
        Assert.Equal(3, asked);
        Proxy.Fail("""{"fault":"status","status":401}""");
        Assert.Equal(ErrorKind.Denied, Assert.Throws<EngineException>(() => store.Put($"{root}/e", "1"u8)).Kind);
    }

    private CloudStore At(string uri, int retryMs = 10_000, int timeoutMs = 30_000) => new(root, new GcsOptions
    {
        Endpoint = new Uri(uri),
        IsAnonymous = true,
        PartBytes = 5 << 20,
        UploadBytes = 15 << 20,
        RetryMs = retryMs,
        TimeoutMs = timeoutMs,
    });
}
