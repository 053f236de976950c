using System.Text;

using K2I.Base;
using K2I.Kit;

namespace K2I.Storage.Tests;

/// <summary>What every object store promises. A store's own test class gives the store and a root to work below.</summary>
public abstract class ObjectStoreContract
{
    protected abstract IObjectStore Store { get; }

    protected abstract string Root { get; }

    /// <summary>False where what a crash leaves goes by itself, and is not shown.</summary>
    protected virtual bool ListsUnfinished => true;

    private string At(string name) => $"{Root}/{name}";

    [ContractFact]
    public void WrittenObjectAppearsOnlyWhenComplete()
    {
        using (var writer = Store.Create(At("a/b/file")))
        {
            writer.Write("hello "u8);
            writer.Write("world"u8);
            Assert.Equal(11, writer.Length);
            Assert.False(Store.Exists(At("a/b/file")));
            Assert.Empty(Store.List(Root + "/"));
            writer.Complete();
        }
        Assert.True(Store.Exists(At("a/b/file")));
        Assert.Equal(11, Store.Length(At("a/b/file")));
        Assert.Equal("hello world", Encoding.UTF8.GetString(Store.Read(At("a/b/file"))));
    }

    [ContractFact]
    public void AbandonedWriterLeavesNothing()
    {
        using (var writer = Store.Create(At("gone"))) writer.Write(new byte[100_000]);
        Assert.False(Store.Exists(At("gone")));
        Assert.Empty(Store.List(Root + "/"));
    }

    [ContractFact]
    public void WhatACrashLeavesIsFoundAndGivenUp()
    {
        // Nobody ends these: that is as much as a crash leaves.
        var lost = Store.Create(At("t/data/p=a b/lost"));
        var other = Store.Create(At("t2/other"));
        foreach (var writer in (IObjectWriter[])[lost, other]) writer.Write(new byte[18 << 20]);
        Store.Put(At("t/data/there"), "x"u8);
        if (!ListsUnfinished)
        {
            Assert.Empty(Store.ListUnfinished(At("t/")));
            return;
        }
        var found = Assert.Single(Store.ListUnfinished(At("t/")));
        Assert.Equal(At("t/data/p=a b/lost"), found.Location);
        Assert.InRange(found.SinceMs, 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000);
        Assert.Equal(found, Assert.Single(Store.ListUnfinished(At("t/data/p=a b/lo"))));
        Assert.Empty(Store.ListUnfinished(At("t/data/x")));
        Assert.Equal(2, Store.ListUnfinished(Root + "/").Count());
        Assert.Equal(At("t/data/there"), Assert.Single(Store.List(At("t/"))).Location);

        Assert.True(Store.Abort(found));
        Assert.False(Store.Abort(found));
        Assert.Empty(Store.ListUnfinished(At("t/")));
        // Whoever was at it all the same begins anew.
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(lost.Complete).Kind);
        lost.Dispose();
        var stale = Assert.Single(Store.ListUnfinished(At("t2/")));
        other.Complete();
        other.Dispose();
        Assert.False(Store.Abort(stale));
        Assert.Equal(18 << 20, Store.Length(At("t2/other")));
        Assert.Empty(Store.ListUnfinished(Root + "/"));
    }

    [ContractFact]
    public void CompleteReplacesWhatWasThere()
    {
        Store.Put(At("x"), "old"u8);
        using (var writer = Store.Create(At("x")))
        {
            writer.Write("new"u8);
            Assert.Equal("old"u8, Store.Read(At("x")));
            writer.Complete();
        }
        Assert.Equal("new"u8, Store.Read(At("x")));
    }

    [ContractFact]
    public void PutIfAbsentKeepsTheFirst()
    {
        Assert.True(Store.PutIfAbsent(At("v1"), "first"u8));
        Assert.False(Store.PutIfAbsent(At("v1"), "second"u8));
        Assert.Equal("first"u8, Store.Read(At("v1")));
    }

    [ContractFact]
    public void OneOfManyRacingCreatorsWins()
    {
        for (var round = 0; round < 20; round++)
        {
            var wins = 0;
            var winner = -1;
            using var start = new Barrier(4);
            var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                if (!Store.PutIfAbsent(At($"race{round}"), [(byte)i])) return;
                Interlocked.Increment(ref wins);
                winner = i;
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Equal(1, wins);
            Assert.Equal(new[] { (byte)winner }, Store.Read(At($"race{round}")));
        }
    }

    [ContractFact]
    public void PutReplaces()
    {
        Store.Put(At("hint"), "1"u8);
        Store.Put(At("hint"), "2"u8);
        Assert.Equal("2"u8, Store.Read(At("hint")));
    }

    [ContractFact]
    public void RangesReadWhatWasWritten()
    {
        var bytes = new byte[10_000];
        new Random(7).NextBytes(bytes);
        Store.Put(At("data"), bytes);
        using var reader = Store.Open(At("data"));
        Assert.Equal(bytes.Length, reader.Length);
        var into = new byte[1234];
        reader.ReadAt(8000, into);
        Assert.Equal(bytes[8000..9234], into);
        reader.ReadAt(bytes.Length, []);
        var error = Assert.Throws<EngineException>(() => reader.ReadAt(9000, into));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    [ContractFact]
    public void WhatIsExpectedReadsAsAllElse()
    {
        var bytes = new byte[(11 << 20) + 321];
        var random = new Random(5);
        random.NextBytes(bytes);
        using (var writer = Store.Create(At("expected")))
        {
            writer.Write(bytes);
            writer.Complete();
        }
        for (var round = 0; round < 4; round++)
        {
            using var reader = Store.Open(At("expected"));
            // Near ones, distant ones, one that is part of another, more than there is room for, in no order.
            var ranges = new ByteRange[] { new(4, 900_000), new(900_100, 50_000), new(bytes.Length - 70_000, 70_000),
                new(3 << 20, 6 << 20), new(5 << 20, 1000) };
            if (round % 2 == 1) Array.Reverse(ranges);
            reader.Expect(ranges);
            reader.Expect([new(1 << 20, 1 << 20)]);
            foreach (var range in round < 2 ? ranges : random.GetItems(ranges, 3))
                for (var at = range.Offset; at < range.End;)
                {
                    // Beyond what was expected, too.
                    var into = new byte[Math.Min(random.Next(1, 700_000), bytes.Length - at)];
                    reader.ReadAt(at, into);
                    Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan((int)at, into.Length)), $"bytes {at} to {at + into.Length}");
                    at += into.Length;
                }
        }
    }

    [ContractFact]
    public void ManyAreRemovedThereOrNot()
    {
        string[] names = [At("many/a&b <c>'\""), At("many/é ü"), At("many/p=1/x+y%20z"), At("many/d")];
        foreach (var name in names) Store.Put(name, "x"u8);
        Store.Put(At("other"), "x"u8);
        Assert.Empty(Store.DeleteAll([.. names, At("many/none")]));
        Assert.Equal(At("other"), Assert.Single(Store.List(Root + "/")).Location);
        Assert.Empty(Store.DeleteAll([]));
        Store.Put(names[0], "x"u8);
        var failed = Store.DeleteAll([names[0], "nowhere://else/x"]);
        Assert.Equal(ErrorKind.Invalid, Assert.Single(failed, f => f.Key == "nowhere://else/x").Value.Kind);
        Assert.False(Store.Exists(names[0]));
    }

    [ContractFact]
    public void ManyAreReadInTheirOrder()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(n => At($"some/{n}"))];
        for (var n = 0; n < names.Length; n++) Store.Put(names[n], new byte[n]);
        Assert.Equal(Enumerable.Range(0, names.Length), Store.ReadAll(names).Select(b => b!.Length));
        Assert.Empty(Store.ReadAll([]));
        Assert.Equal([2, null, 3], Store.ReadAll([names[2], At("none"), names[3]]).Select(b => b?.Length));
        Assert.Equal([null], Store.ReadAll([At("none")]));
    }

    [ContractFact]
    public void LengthsOfManyAreToldInTheirOrder()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(n => At($"some/{n}"))];
        for (var n = 0; n < names.Length; n++) Store.Put(names[n], new byte[n]);
        Assert.Equal(Enumerable.Range(0, names.Length).Select(n => (long)n), Store.Lengths(names));
        Assert.Empty(Store.Lengths([]));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => Store.Lengths([names[1], At("none"), names[2]])).Kind);
    }

    [ContractFact]
    public void SeveralAreOnTheirWayAtATime()
    {
        int[] lengths = [0, 5, (9 << 20) + 3, 17];
        var writers = lengths.Select((length, n) => (At($"together/{n}"), new byte[length])).Select(o =>
        {
            new Random(o.Item2.Length).NextBytes(o.Item2);
            var writer = Store.Create(o.Item1);
            writer.Write(o.Item2);
            writer.BeginComplete();
            return (Writer: writer, Bytes: o.Item2);
        }).ToList();
        foreach (var (writer, bytes) in writers.Take(3))
        {
            writer.Complete();
            Assert.Equal(bytes, Store.Read(writer.Location));
        }
        foreach (var (writer, _) in writers) writer.Dispose();
        Assert.Equal(3, Store.List(At("together/")).Count(o => !o.Location.EndsWith("/3", StringComparison.Ordinal)));
    }

    [ContractFact]
    public void TheFirstThatIsThereIsFound()
    {
        Store.Put(At("v1.b"), "x"u8);
        Store.Put(At("v1.c"), "x"u8);
        Store.Put(At("v10.a"), "x"u8);
        Assert.Equal(At("v1.b"), Store.FindFirst([At("v1.a"), At("v1.b"), At("v1.c")]));
        Assert.Equal(At("v1.c"), Store.FindFirst([At("v1.c"), At("v1.b")]));
        Assert.Null(Store.FindFirst([At("v1.a"), At("v1.d")]));
        Assert.Null(Store.FindFirst([At("v2.a")]));
    }

    [ContractFact]
    public void LargeObjectsComeBackAsTheyWereWritten()
    {
        // More than any store sends at once, by pieces that fit into nothing.
        var bytes = new byte[(21 << 20) + 12_345];
        new Random(11).NextBytes(bytes);
        using (var writer = Store.Create(At("large")))
        {
            for (var at = 0; at < bytes.Length; at += 777_777) writer.Write(bytes.AsSpan(at, Math.Min(777_777, bytes.Length - at)));
            Assert.Equal(bytes.Length, writer.Length);
            Assert.False(Store.Exists(At("large")));
            writer.Complete();
        }
        using var reader = Store.Open(At("large"));
        Assert.Equal(bytes.Length, reader.Length);
        foreach (var (offset, length) in ((int, int)[])[(0, 10), (8 << 20, 1), ((8 << 20) - 5, 10), (bytes.Length - 70_000, 70_000),
            (bytes.Length - 8, 8), (1 << 20, 15 << 20)])
        {
            var into = new byte[length];
            reader.ReadAt(offset, into);
            Assert.True(into.AsSpan().SequenceEqual(bytes.AsSpan(offset, length)), $"bytes {offset} to {offset + length}");
        }
    }

    [ContractFact]
    public void ObjectsMayBeEmpty()
    {
        Store.Create(At("none")).Dispose();
        using (var writer = Store.Create(At("empty"))) writer.Complete();
        Assert.Empty(Store.Read(At("empty")));
        using var reader = Store.Open(At("empty"));
        Assert.Equal(0, reader.Length);
        Assert.Equal(0, Assert.Single(Store.List(Root + "/")).Length);
    }

    [ContractFact]
    public void MissingObjectIsNotFoundAndNamed()
    {
        foreach (var act in (Action[])[() => Store.Read(At("no/such")), () => Store.Open(At("no/such")).Dispose(), () => Store.Length(At("no/such"))])
        {
            var error = Assert.Throws<EngineException>(act);
            Assert.Equal(ErrorKind.NotFound, error.Kind);
            Assert.Contains("no/such", error.Message, StringComparison.Ordinal);
        }
        Assert.False(Store.Exists(At("no/such")));
        Assert.False(Store.Delete(At("no/such")));
    }

    [ContractFact]
    public void DeletedObjectIsGone()
    {
        Store.Put(At("d"), "x"u8);
        Assert.True(Store.Delete(At("d")));
        Assert.False(Store.Exists(At("d")));
        Assert.True(Store.PutIfAbsent(At("d"), "y"u8));
    }

    [ContractFact]
    public void ListShowsEverythingBelowAPrefix()
    {
        foreach (var name in (string[])["t/data/a.parquet", "t/data/p=1/b.parquet", "t/metadata/v1.metadata.json", "t/metadata/v12.metadata.json", "t2/x"]) Store.Put(At(name), Encoding.UTF8.GetBytes(name));
        Assert.Equal(["t/data/a.parquet", "t/data/p=1/b.parquet", "t/metadata/v1.metadata.json", "t/metadata/v12.metadata.json"], Names("t/"));
        Assert.Equal(["t/metadata/v1.metadata.json", "t/metadata/v12.metadata.json"], Names("t/metadata/v1"));
        Assert.Equal(["t/metadata/v1.metadata.json"], Names("t/metadata/v1."));
        Assert.Empty(Names("nothing/"));
        var info = Assert.Single(Store.List(At("t2/")));
        Assert.Equal(4, info.Length);
        Assert.True(info.LastModifiedMs > 0);

        IEnumerable<string> Names(string prefix) => Store.List(At(prefix)).Select(o => o.Location[(Root.Length + 1)..]).Order(StringComparer.Ordinal);
    }

    [ContractFact]
    public void FoldersAreTheNextPathParts()
    {
        foreach (var name in (string[])["wh/a/t1/metadata/v1", "wh/a/t2/metadata/v1", "wh/b/t3/metadata/v1", "wh/file"]) Store.Put(At(name), "x"u8);
        Assert.Equal(["a", "b"], Store.ListFolders(At("wh")).Order());
        Assert.Equal(["t1", "t2"], Store.ListFolders(At("wh/a")).Order());
        Assert.Empty(Store.ListFolders(At("none")));
    }

    [ContractFact]
    public void ClimbingLocationsAreRefused()
    {
        foreach (var name in (string[])["../outside", "a/../../outside", "a/./b", "a\0b"])
            foreach (var act in (Action[])
            [
                () => Store.Put(At(name), "x"u8), () => Store.PutIfAbsent(At(name), "x"u8), () => Store.Create(At(name)).Dispose(),
                () => Store.Read(At(name)), () => Store.Delete(At(name)), () => Store.Exists(At(name)),
            ])
                Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(act).Kind);
    }

    [ContractFact]
    public void LocationsOutsideTheRootAreRefused()
    {
        foreach (var location in (string[])[Root + "x/file", "other://store/file", Root])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Store.Put(location, "x"u8)).Kind);
    }

    [ContractFact]
    public void NamesAreRawText()
    {
        string[] names = ["p=a%2Fb/f", "p=a+b/f", "p=a b/f", "p=ä€😀/f", "p=#?&/f"];
        foreach (var name in names)
        {
            Store.Put(At(name), Encoding.UTF8.GetBytes(name));
            Assert.Equal(name, Encoding.UTF8.GetString(Store.Read(At(name))));
        }
        Assert.Equal(names.Select(At).Order(StringComparer.Ordinal), Store.List(Root + "/").Select(o
            => o.Location).Order(StringComparer.Ordinal));
        Assert.Equal(names.Select(n => n.Split('/')[0]).Order(StringComparer.Ordinal),
            Store.ListFolders(Root).Order(StringComparer.Ordinal));
    }
}
