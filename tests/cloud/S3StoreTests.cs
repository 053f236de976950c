using System.Text;

using K2I.Base;
using K2I.Storage;
using K2I.Storage.Tests;

namespace K2I.Cloud.Tests;

[Collection(SharedS3.Collection)]
[NeedsShared(S3Server.Program)]
public sealed class S3StoreTests(SharedS3 s3) : ObjectStoreContract, IDisposable
{
    private readonly string root = SharedS3.NewRoot();
    private S3Store? store;

    protected override IObjectStore Store => Opened;

    protected override string Root => root;

    private S3Store Opened => store ??= s3.Store(root);

    public void Dispose() => store?.Dispose();

    [ContractFact]
    public void OneOfSixteenRacingWritersWins()
    {
        Opened.RequireConditionalWrites();
        for (var round = 0; round < 25; round++)
        {
            var wins = new int[16];
            using var start = new Barrier(wins.Length);
            var threads = Enumerable.Range(0, wins.Length).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                if (Store.PutIfAbsent($"{root}/race/v{round}", Encoding.ASCII.GetBytes($"{i}"))) wins[i] = 1;
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Equal(1, wins.Sum());
            Assert.Equal($"{Array.IndexOf(wins, 1)}", Encoding.ASCII.GetString(Store.Read($"{root}/race/v{round}")));
        }
    }

    [ContractFact]
    public void ListingsGoOnBeyondOnePage()
    {
        const int objects = 1_010;
        for (var n = 0; n < objects; n++) Store.Put($"{root}/pages/p={n % 7}/{n}", [1]);
        Assert.Equal(objects, Store.List($"{root}/pages/").Select(o => o.Location).Distinct().Count());
        Assert.Equal(7, Store.ListFolders($"{root}/pages").Count());
    }

    [ContractFact]
    public void UploadsAreListedBeyondOnePage()
    {
        const int uploads = 1_005;
        using var client = new S3Client(SharedS3.Options(s3.Uri), SystemClock.Instance, SystemRandom.Instance);
        for (var n = 0; n < uploads; n++)
            client.Send(new S3Request(HttpMethod.Post, S3Place.Of($"{root}/begun/p={n % 7}/{n}")) { Query = [("uploads", null)] });
        var found = Store.ListUnfinished($"{root}/begun/").ToList();
        Assert.Equal(uploads, found.Select(u => u.Id).Distinct().Count());
        Assert.Equal(uploads, found.Count);
        Assert.All(found, u => Assert.True(Store.Abort(u)));
        Assert.Empty(Store.ListUnfinished($"{root}/begun/"));
    }

    [ContractFact]
    public void OtherNamesOfTheSchemeAreTheSamePlace()
    {
        foreach (var scheme in S3Store.Schemes)
        {
            var elsewhere = scheme + root["s3".Length..];
            Store.Put($"{elsewhere}/a", Encoding.ASCII.GetBytes(scheme));
            Assert.Equal(scheme, Encoding.ASCII.GetString(Store.Read($"{root}/a")));
            Assert.Equal($"{elsewhere}/a", Assert.Single(Store.List($"{elsewhere}/")).Location);
        }
    }

    [ContractFact]
    public void NoBufferIsHeldOnceNothingIsWritten()
    {
        using (var writer = Store.Create($"{root}/given-up")) writer.Write(new byte[12 << 20]);
        Assert.False(Store.Exists($"{root}/given-up"));
        using (var writer = Store.Create($"{root}/whole"))
        {
            writer.Write(new byte[12 << 20]);
            writer.Complete();
        }
        Assert.Equal(12 << 20, Store.Length($"{root}/whole"));
    }

    [ContractFact]
    public void WritersBeyondTheBudgetGoOn()
    {
        // Six at once, each of three parts, where the budget has room for three in all.
        var writers = Enumerable.Range(0, 6).Select(n => Store.Create($"{root}/many/{n}")).ToList();
        var piece = new byte[1 << 20];
        for (var round = 0; round < 11; round++)
            foreach (var writer in writers) writer.Write(piece);
        foreach (var writer in writers)
        {
            writer.Complete();
            writer.Dispose();
        }
        Assert.All(Store.List($"{root}/many/"), o => Assert.Equal(11 << 20, o.Length));
        Assert.Equal(6, Store.List($"{root}/many/").Count());
    }

    [ContractFact]
    public void WrongSecretIsDeniedAndNotTold()
    {
        using var stranger = new S3Store(root, SharedS3.Options(s3.Proxy.Uri, secret: "not-the-secret-of-tests"));
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
        using var lost = s3.Store(elsewhere);
        var error = Assert.Throws<EngineException>(() => lost.Put($"{elsewhere}/x", "1"u8));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Contains("NoSuchBucket", error.Message, StringComparison.Ordinal);
    }
}
