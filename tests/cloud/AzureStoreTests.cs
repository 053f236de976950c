using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using K2I.Base;

namespace K2I.Cloud.Tests;

[Collection(SharedAzure.Collection)]
[NeedsPackage(AzureServer.Package, AzureServer.Program)]
public sealed class AzureStoreTests(SharedAzure azure) : CloudContract
{
    private readonly string root = SharedAzure.NewRoot();

    protected override string Root => root;

    protected override FaultProxy Proxy => azure.Proxy;

    protected override bool ListsUnfinished => false;

    protected override string SmallWrite => "\"method\":\"PUT\"";

    /// <summary>Each of three parts, the end.</summary>
    protected override string[] UploadRequests { get; } =
    [
        "\"method\":\"PUT\",\"path\":\"comp=block$\",\"nth\":1", "\"method\":\"PUT\",\"path\":\"comp=block$\",\"nth\":3",
        "\"method\":\"PUT\",\"path\":\"comp=blocklist\"",
    ];

    protected override CloudStore Open() => At(azure.Uri);

    protected override CloudStore Failing(int retryMs, int timeoutMs)
    {
        Proxy.NoFaults();
        return At(Proxy.Uri, retryMs, timeoutMs);
    }

    [ContractFact]
    public void OtherNamesOfThePlaceAreTheSame()
    {
        var store = Opened;
        var below = root[root.LastIndexOf('/')..];
        foreach (var start in (string[])["abfs://{0}@{1}.dfs.core.windows.net", "wasbs://{0}@{1}.blob.core.windows.net"])
        {
            var other = string.Format(CultureInfo.InvariantCulture, start, AzureServer.Container, AzureServer.Account) + below;
            store.Put($"{other}/a", Encoding.ASCII.GetBytes(start));
            Assert.Equal(start, Encoding.ASCII.GetString(store.Read($"{root}/a")));
            Assert.Equal($"{other}/a", Assert.Single(store.List($"{other}/")).Location);
        }
    }

    [ContractFact]
    public void WrongKeyIsDeniedAndNotTold()
    {
        var wrong = Convert.ToBase64String(SHA256.HashData("wrong"u8));
        var stranger = new CloudStore(root, new AzureOptions { Endpoint = new Uri(azure.Uri), AccountKey = wrong });
        var error = Assert.Throws<EngineException>(() => stranger.Put($"{root}/x", "1"u8));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain(wrong, error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public void SharedAccessSignaturesReachTheContainerAndAreAskedForAgainBeforeTheyEnd()
    {
        var asked = 0;
        var clock = new ShiftedClock();
        var store = new CloudStores(clock, SystemRandom.Instance).Open(root, () => new Dictionary<string, string>
        {
            [AzureKeys.Endpoint] = azure.Uri,
            [AzureKeys.SasTokenPrefix + AzureServer.Account] = AzureServer.Signature(++asked == 1 ? "rwl" : "rwdl"),
            [AzureKeys.SasTokenEndsPrefix + AzureServer.Account] = $"{clock.UnixMs + 3_600_000}",
        });
        store.Put($"{root}/a b", "1"u8);
        Assert.Equal("1"u8, store.Read($"{root}/a b"));
        Assert.Single(store.List(root + "/"));
        Assert.Equal(1, asked);
        clock.Pass(56 * 60_000);
        Assert.True(store.Delete($"{root}/a b"));
        Assert.Equal(2, asked);
    }

    [ContractFact]
    public void TokenIsShownAndOneThatIsRefusedIsAskedForAgain()
    {
        using var gate = new TokenGate(azure.Uri, TimeSpan.FromMilliseconds(1), "abfss");
        var asked = 0;
        var given = new CloudStores(SystemClock.Instance, SystemRandom.Instance).Open(root, () => new Dictionary<string, string>
        {
            [AzureKeys.Endpoint] = gate.Uri,
            [AzureKeys.Token] = $"token-{++asked}",
        });
        given.Put($"{root}/a", "1"u8);
        for (var shown = gate.Tokens; gate.Tokens == shown;) Assert.Equal("1"u8, given.Read($"{root}/a"));
        Assert.True(asked > 1);

        var single = new CloudStore(root, new AzureOptions { Endpoint = new Uri(gate.Uri), Token = "token-of-its-own" });
        Assert.Equal("1"u8, single.Read($"{root}/a"));
        for (var waited = Stopwatch.StartNew(); waited.ElapsedMilliseconds <= 1;) Thread.Yield();
        var error = Assert.Throws<EngineException>(() => single.Read($"{root}/a"));
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.DoesNotContain("token-of-its-own", error.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public void ContainerThatIsNotThereIsNamed()
    {
        var elsewhere = root.Replace(AzureServer.Container, "no-such", StringComparison.Ordinal);
        var lost = new CloudStore(elsewhere, new AzureOptions { Endpoint = new Uri(azure.Uri), AccountKey = AzureServer.Key });
        var error = Assert.Throws<EngineException>(() => lost.Put($"{elsewhere}/x", "1"u8));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains("ContainerNotFound", error.Message, StringComparison.Ordinal);
    }

    private CloudStore At(string uri, int retryMs = 10_000, int timeoutMs = 30_000) => new(root, new AzureOptions
    {
        Endpoint = new Uri(uri),
        AccountKey = AzureServer.Key,
        PartBytes = 5 << 20,
        UploadBytes = 15 << 20,
        RetryMs = retryMs,
        TimeoutMs = timeoutMs,
    });
}
