using System.Text;

using K2I.Base;
using K2I.Storage;
using K2I.Storage.Tests;

namespace K2I.Cloud.Tests;

/// <summary>
/// What every store of a cloud promises beyond the contract of all stores: one of many writers wins, and whatever happens on the way, an
/// object
/// is whole or not there, and who wrote it knows.
/// </summary>
public abstract class CloudContract : ObjectStoreContract, IDisposable
{
    private CloudStore? store;

    protected override IObjectStore Store => Opened;

    protected CloudStore Opened => store ??= Open();

    protected abstract FaultProxy Proxy { get; }

    /// <summary>Of a rule: the requests that write a small object.</summary>
    protected abstract string SmallWrite { get; }

    /// <summary>Of rules: a request of each kind that an upload of three parts is made of.</summary>
    protected abstract string[] UploadRequests { get; }

    protected virtual string[] FaultsOfItsOwn => [];

    /// <summary>
    /// False for a stand-in that adds bytes of a part that is sent again to those it has, where the real one passes over them.
    /// </summary>
    protected virtual bool TakesPartsAgain => true;

    public void Dispose() => Proxy.NoFaults();

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
                if (Store.PutIfAbsent($"{Root}/race/v{round}", Encoding.ASCII.GetBytes($"{i}"))) wins[i] = 1;
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Equal(1, wins.Sum());
            Assert.Equal($"{Array.IndexOf(wins, 1)}", Encoding.ASCII.GetString(Store.Read($"{Root}/race/v{round}")));
        }
    }

    [ContractFact]
    public void ListingsGoOnBeyondOnePage()
    {
        const int objects = 1_010;
        for (var n = 0; n < objects; n++) Store.Put($"{Root}/pages/p={n % 7}/{n}", [1]);
        Assert.Equal(objects, Store.List($"{Root}/pages/").Select(o => o.Location).Distinct().Count());
        Assert.Equal(7, Store.ListFolders($"{Root}/pages").Count());
    }

    [ContractFact]
    public void NoBufferIsHeldOnceNothingIsWritten()
    {
        using (var writer = Store.Create($"{Root}/given-up")) writer.Write(new byte[12 << 20]);
        Assert.False(Store.Exists($"{Root}/given-up"));
        using (var writer = Store.Create($"{Root}/whole"))
        {
            writer.Write(new byte[12 << 20]);
            writer.Complete();
        }
        Assert.Equal(12 << 20, Store.Length($"{Root}/whole"));
    }

    [ContractFact]
    public void WritersBeyondTheBudgetGoOn()
    {
        // Six at once, each of three parts, where the budget has room for three in all.
        var writers = Enumerable.Range(0, 6).Select(n => Store.Create($"{Root}/many/{n}")).ToList();
        var piece = new byte[1 << 20];
        for (var round = 0; round < 11; round++)
            foreach (var writer in writers) writer.Write(piece);
        foreach (var writer in writers)
        {
            writer.Complete();
            writer.Dispose();
        }
        Assert.All(Store.List($"{Root}/many/"), o => Assert.Equal(11 << 20, o.Length));
        Assert.Equal(6, Store.List($"{Root}/many/").Count());
    }

    [ContractFact]
    public void LostAnswersToAConditionalWriteAreFoundOut()
    {
        var store = Failing();
        store.RequireConditionalWrites();
        var round = 0;
        foreach (var fault in (string[])
        [
            "\"fault\":\"drop-after\"", "\"fault\":\"drop-after\",\"reset\":true", "\"fault\":\"status-after\",\"status\":500",
            "\"fault\":\"status-after\",\"status\":503", "\"fault\":\"cut\",\"bytes\":10",
            "\"fault\":\"twice\"", "\"fault\":\"drop-before\"",
            "\"fault\":\"status\",\"status\":503", "\"fault\":\"status\",\"status\":429", "\"fault\":\"cut-request\",\"bytes\":3",
            "\"fault\":\"delay\",\"seconds\":0.3", .. FaultsOfItsOwn,
        ])
        {
            var location = $"{Root}/v{round++}";
            Proxy.Fail($"{{{fault},{SmallWrite},\"times\":1}}");
            // One that was sent twice on the way is answered for the second: it is there all the same, and whose it is decides.
            var first = store.PutIfAbsent(location, "first"u8);
            Proxy.NoFaults();
            Assert.Equal(fault.Contains("twice", StringComparison.Ordinal) ? first : true, first);
            Assert.False(store.PutIfAbsent(location, "second"u8));
            Assert.Equal("first"u8, store.Read(location));
        }
    }

    [ContractFact]
    public void UploadsSurviveWhateverOneRequestMeets()
    {
        var faults = (string[])
        [
            "\"fault\":\"drop-after\"", "\"fault\":\"drop-before\",\"reset\":true", "\"fault\":\"status-after\",\"status\":500",
            "\"fault\":\"status\",\"status\":503",
            "\"fault\":\"cut-request\",\"bytes\":1000000", "\"fault\":\"cut\",\"bytes\":20", "\"fault\":\"twice\"",
        ];
        var store = Failing();
        var (number, whole) = (0, 0);
        foreach (var fault in faults)
        {
            foreach (var request in UploadRequests)
            {
                Proxy.Fail($"{{{fault},{request},\"times\":1}}");
                var location = $"{Root}/upload{number++}";
                byte[] bytes;
                try
                {
                    bytes = Write(store, location, 11);
                }
                catch (EngineException error) when (!TakesPartsAgain && error.Kind == ErrorKind.Unavailable)
                {
                    Proxy.NoFaults();
                    Assert.False(store.Exists(location), $"{fault} {request}");
                    continue;
                }
                Proxy.NoFaults();
                Assert.True(store.Read(location).AsSpan().SequenceEqual(bytes), $"{fault} {request}");
                whole++;
            }
        }
        Assert.Equal(whole, store.List(Root + "/").Count());
        Assert.InRange(whole, TakesPartsAgain ? number : number / 2, number);
    }

    [ContractFact]
    public void ReadsSurviveWhateverOneRequestMeets()
    {
        var store = Failing(timeoutMs: 2_000);
        var bytes = Write(store, $"{Root}/data", 1);
        foreach (var fault in (string[])
        [
            "\"fault\":\"drop-after\"", "\"fault\":\"cut\",\"bytes\":70000", "\"fault\":\"status\",\"status\":500",
            "\"fault\":\"status\",\"status\":503", "\"fault\":\"hang\",\"seconds\":60",
        ])
        {
            using var reader = store.Open($"{Root}/data");
            using var expecting = store.Open($"{Root}/data");
            Proxy.Fail($"{{{fault},\"method\":\"GET\",\"path\":\"data\",\"times\":1}}");
            var into = new byte[500_000];
            reader.ReadAt(100_000, into);
            Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan(100_000, into.Length)), fault);
            Proxy.NoFaults();
            Proxy.Fail($"{{{fault},\"method\":\"GET\",\"path\":\"data\",\"times\":1}}");
            expecting.Expect([new(100_000, into.Length)]);
            Array.Clear(into);
            expecting.ReadAt(100_000, into);
            Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan(100_000, into.Length)), fault);
            Proxy.NoFaults();
        }
    }

    [ContractFact]
    public void ALengthThatIsKnownCostsNoRequest()
    {
        var store = Failing();
        var bytes = Write(store, $"{Root}/known", 2);
        var before = Proxy.Calls().Count;
        using (var reader = store.Open($"{Root}/known", bytes.Length))
        {
            Assert.Equal(before, Proxy.Calls().Count);
            var into = new byte[60_000];
            reader.ReadAt(bytes.Length - 8, into.AsSpan(0, 8));
            reader.ReadAt(bytes.Length - into.Length, into);
            Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - into.Length)));
            Assert.Equal(1, Proxy.Calls().Count - before);
        }
        using var wrong = store.Open($"{Root}/known", bytes.Length - 5);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => wrong.ReadAt(bytes.Length - 100, new byte[10])).Kind);
        using var missing = store.Open($"{Root}/no/such", 100);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => missing.ReadAt(0, new byte[10])).Kind);
    }

    [ContractFact]
    public void NearRangesCostOneRequest()
    {
        var store = Failing();
        var bytes = Write(store, $"{Root}/near", 12);
        using var reader = store.Open($"{Root}/near");
        reader.ReadAt(bytes.Length - 8, new byte[8]);
        Assert.Equal(1, Cost(
            [.. Enumerable.Range(0, 20).Select(n => new ByteRange(n * 180_000, n % 2 == 0 ? 180_000 : 100_000))]));
        // A long one by pieces, one far away by itself.
        Assert.Equal(3, Cost([new(4 << 20, 6 << 20), new(11 << 20, 1000)]));

        int Cost(ByteRange[] ranges)
        {
            var before = Proxy.Calls().Count;
            reader.Expect(ranges);
            foreach (var range in ranges)
                for (var at = range.Offset; at < range.End; at += 50_000)
                {
                    var into = new byte[Math.Min(50_000, range.End - at)];
                    reader.ReadAt(at, into);
                    Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan((int)at, into.Length)));
                }
            return Proxy.Calls().Count - before;
        }
    }

    [ContractFact]
    public void ObjectReplacedWhileItIsReadIsAnError()
    {
        Write(Store, $"{Root}/replaced", 1);
        using var reader = Store.Open($"{Root}/replaced");
        reader.ReadAt(0, new byte[10]);
        Store.Put($"{Root}/replaced", new byte[1 << 20]);
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => reader.ReadAt(0, new byte[10])).Kind);
        reader.Expect([new(100, 10)]);
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => reader.ReadAt(100, new byte[10])).Kind);
    }

    [ContractFact]
    public void StoreThatIsAwayIsUnavailableAndComesBack()
    {
        var store = Failing(retryMs: 200);
        store.RequireConditionalWrites();
        Proxy.Down();
        try
        {
            foreach (var act in (Action[])
            [
                // The connection that was there breaks first: only a new one is refused.
                () => store.Exists($"{Root}/v1"), () => store.Read($"{Root}/v1"), () => store.PutIfAbsent($"{Root}/v1", "1"u8),
                () => Write(store, $"{Root}/x", 11),
            ])
                Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(act).Kind);
        }
        finally
        {
            Proxy.Up();
        }
        Assert.True(store.PutIfAbsent($"{Root}/v1", "1"u8));
    }

    protected abstract CloudStore Open();

    /// <summary>The same place by way of the proxy, which has no rules any more.</summary>
    protected abstract CloudStore Failing(int retryMs = 10_000, int timeoutMs = 30_000);

    private static byte[] Write(IObjectStore store, string location, int mib)
    {
        var bytes = new byte[mib << 20];
        new Random(location.Length + mib).NextBytes(bytes);
        using var writer = store.Create(location);
        writer.Write(bytes);
        writer.Complete();
        return bytes;
    }
}
