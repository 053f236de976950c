using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud.Tests;

/// <summary>Whatever happens on the way, an object is whole or not there, and who wrote it knows.</summary>
[Collection(SharedS3.Collection)]
[NeedsShared(S3Server.Program)]
public sealed class FaultTests(SharedS3 s3) : IDisposable
{
    private readonly string root = SharedS3.NewRoot();

    public void Dispose() => s3.Proxy.NoFaults();

    [ContractFact]
    public void WhoeverElseWonIsNotTakenForOneself()
    {
        var other = s3.Store(root);
        var store = s3.Failing(root);
        store.RequireConditionalWrites();
        Assert.True(other.PutIfAbsent($"{root}/v1", "theirs"u8));
        s3.Proxy.Fail("""{"fault":"status-after","status":500,"method":"PUT","path":"/v1","times":2}""");
        Assert.False(store.PutIfAbsent($"{root}/v1", "ours"u8));
        Assert.Equal("theirs"u8, store.Read($"{root}/v1"));
    }

    [ContractFact]
    public void WritesWhoseFateStaysUnknownSaySo()
    {
        var store = s3.Failing(root, retryMs: 300);
        store.RequireConditionalWrites();
        s3.Proxy.Fail("""{"fault":"status-after","status":500,"method":"PUT"}""");
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => store.PutIfAbsent($"{root}/v1", "1"u8)).Kind);
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(() => store.Put($"{root}/hint", "1"u8)).Kind);
        Assert.True(store.Exists($"{root}/v1"));
    }

    [ContractFact]
    public void WhatGoesOnByItselfIsSentAgainWhereItFails()
    {
        var store = s3.Failing(root, retryMs: 300);
        string[] faults =
        [
            """{"fault":"drop-after","method":"PUT","times":2}""",
            """{"fault":"status","status":503,"method":"PUT","times":1}""",
        ];
        foreach (var fault in faults)
        {
            s3.Proxy.NoFaults();
            s3.Proxy.Fail(fault);
            var writers = Enumerable.Range(0, 3).Select(n => Begun(store, $"begun/{n}", n)).ToList();
            foreach (var (writer, bytes) in writers)
            {
                writer.Complete();
                Assert.Equal(bytes, store.Read(writer.Location));
                writer.Dispose();
            }
        }
        s3.Proxy.NoFaults();
        s3.Proxy.Fail("""{"fault":"status-after","status":500,"method":"PUT"}""");
        using var lost = Begun(store, "lost", 1).Writer;
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(lost.Complete).Kind);
        // It was sent once without a doubt, and never answered: the object may be there, and what comes after it does not change that.
        s3.Proxy.NoFaults();
        s3.Proxy.Fail("""{"fault":"drop-after","method":"PUT","times":1}""");
        s3.Proxy.Fail("""{"fault":"drop-before","method":"PUT"}""");
        using var hidden = Begun(store, "hidden", 1).Writer;
        Assert.Equal(ErrorKind.Unknown, Assert.Throws<EngineException>(hidden.Complete).Kind);
    }

    private (IObjectWriter Writer, byte[] Bytes) Begun(IObjectStore to, string name, int mib)
    {
        var bytes = new byte[(mib << 20) + 7];
        new Random(mib).NextBytes(bytes);
        var writer = to.Create($"{root}/{name}");
        writer.Write(bytes);
        writer.BeginComplete();
        return (writer, bytes);
    }

    [ContractFact]
    public void FooterAndLengthCostOneRequest()
    {
        var store = s3.Failing(root);
        var bytes = Write(store, "counted", 2);
        var before = s3.Proxy.Calls().Count;
        using var reader = store.Open($"{root}/counted");
        var into = new byte[60_000];
        reader.ReadAt(bytes.Length - 8, into.AsSpan(0, 8));
        reader.ReadAt(bytes.Length - into.Length, into);
        Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - into.Length)));
        Assert.Equal(1, s3.Proxy.Calls().Count - before);
    }

    [ContractFact]
    public void StopEndsWhatIsUnderWay()
    {
        var store = s3.Failing(root);
        s3.Proxy.Fail("""{"fault":"hang","seconds":120,"method":"GET"}""");
        using var scope = new CallScope(SystemClock.Instance);
        EngineException? error = null;
        var reader = new Thread(() =>
        {
            using var entered = scope.Enter();
            error = Assert.Throws<EngineException>(() => store.Read($"{root}/x"));
        });
        reader.Start();
        scope.End();
        Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
        Assert.Equal(ErrorKind.Unavailable, error!.Kind);
    }

    [ContractFact]
    public void AbandonedUploadIsAborted()
    {
        var store = s3.Failing(root);
        using (var writer = store.Create($"{root}/abandoned")) writer.Write(new byte[11 << 20]);
        Assert.Contains(s3.Proxy.Calls(), c => c.StartsWith("DELETE ", StringComparison.Ordinal)
            && c.Contains("abandoned", StringComparison.Ordinal) && c.Contains("uploadId=", StringComparison.Ordinal));
        Assert.False(store.Exists($"{root}/abandoned"));
    }

    [ContractFact]
    public void StoreThatPassesOverTheConditionIsRefused()
    {
        var store = s3.Failing(root);
        // A store that knows no conditions, as its client sees it: the write that should be refused is answered as done.
        s3.Proxy.Fail(
            """{"fault":"status-after","status":200,"body":"","method":"PUT","path":"k2i-probe","header":{"if-none-match":"."}}""");
        var error = Assert.Throws<EngineException>(() => store.PutIfAbsent($"{root}/v1", "1"u8));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Contains("If-None-Match", error.Message, StringComparison.Ordinal);
        s3.Proxy.NoFaults();
        s3.Proxy.Fail("""{"fault":"status","status":501,"code":"NotImplemented","method":"PUT","path":"k2i-probe"}""");
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(store.RequireConditionalWrites).Kind);
        s3.Proxy.NoFaults();
        Assert.True(store.PutIfAbsent($"{root}/v1", "1"u8));
        Assert.Single(store.List(root + "/"));
    }

    private byte[] Write(IObjectStore store, string name, int mib)
    {
        var bytes = new byte[mib << 20];
        new Random(name.Length + mib).NextBytes(bytes);
        using var writer = store.Create($"{root}/{name}");
        writer.Write(bytes);
        writer.Complete();
        return bytes;
    }
}
