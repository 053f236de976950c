using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>What logs hold comes back: one world is killed, and another opens its logs. The tables stay.</summary>
public sealed class PartReplayTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-replay-").FullName;
    private readonly MemoryStore objects = new();
    private readonly FakeTopics topics = new();
    private readonly ICatalog catalog;

    public PartReplayTests() => catalog = new FileCatalog(objects, "memory://store/w");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void FramesOfSeveralTablesAndPartitionsComeBackAndReadingGoesOnBehindThem()
    {
        using (var before = Open(Table("a"), Table("b")))
        {
            for (var round = 0; round < 5; round++)
            {
                Produce(before, "a", 0, 10);
                Produce(before, "b", 0, 10);
                Produce(before, "a", 1, 3);
            }
        }
        using var after = Open(Table("a"), Table("b"));
        Join(after);
        AssertReplayed(after, "a", 65);
        AssertReplayed(after, "b", 50);
        // Nothing that the log held is fetched.
        Assert.Equal([new("a", 0, new(50)), new("a", 1, new(15)), new("b", 0, new(50))],
            after.Consumers[0].Starts.OrderBy(s => s.Topic).ThenBy(s => s.Partition));
        Produce(after, "a", 0, 5);
        AssertInTable(after, "a", 70);
        AssertInTable(after, "b", 50);
    }

    [Fact]
    public void WhatTheTableHasStaysAway()
    {
        using (var before = Open(Table("a")))
        {
            Produce(before, "a", 0, 10);
            before.Flush("a");
            Produce(before, "a", 0, 7);
        }
        using var after = Open(Table("a"));
        Join(after);
        AssertReplayed(after, "a", 7);
        AssertInTable(after, "a", 17);
    }

    [Fact]
    public void AnotherLanesLogIsTakenFrom()
    {
        using (var before = Open(lanes: 2, Table("a")))
        {
            before.Assign(1, "a", 0);
            Produce(before, "a", 0, 10, join: false);
        }
        using var after = Open(lanes: 2, Table("a"));
        after.Assign(0, "a", 0);
        AssertReplayed(after, "a", 10);
        AssertInTable(after, "a", 10);
        Assert.Null(after.Context.Lanes[1].Log.Pins.Oldest?.Owner);
    }

    [Fact]
    public void APartitionThatComesWhileAnotherIsReplayedIsReplayedToo()
    {
        using (var before = Open(Table("a")))
        {
            Produce(before, "a", 0, 10);
            Produce(before, "a", 1, 10);
        }
        using var after = Open(Table("a"));
        after.Assign(0, "a", 0);
        after.Until(() => after.Table("a").Run is not null);
        after.Lane.Step();
        after.Assign(0, "a", 1);
        after.Lane.Step();
        // Both have been asked for now, and both answers are there before the first replay has its turn.
        AssertReplayed(after, "a", 20);
        Assert.All(after.Part("a").Sources, s => Assert.True(s.Reads));
        AssertInTable(after, "a", 20);
        after.Context.Found.Forget();
        Assert.Null(after.Lane.Log.Pins.Oldest);
    }

    [Fact]
    public void OffsetsWithoutARecordComeBackToo()
    {
        using (var before = Open(Table("a")))
        {
            Produce(before, "a", 0, 3);
            before.Part("a").OfferEnd(before.Source("a", "a", 0), new(9));
            before.Part("a").Publish();
        }
        topics.Add("a", 0, [.. Enumerable.Repeat<string?>("""{"id":0}""", 6)]);
        using var after = Open(Table("a"));
        Join(after);
        after.Until(() => after.Consumers[0].Starts.Count == 1);
        Assert.Equal([new("a", 0, new(9))], after.Consumers[0].Starts);
        after.Flush("a");
        Assert.Equal(new Offset(9), after.Source("a", "a", 0).CommittedOffset);
        Assert.Equal(3, after.Rows("default.a").Length);
    }

    [Fact]
    public void ANewFieldInTheMiddleBecomesAColumn()
    {
        using (var before = Open(Table("a") with { UnknownFields = UnknownFields.Ignore }))
        {
            topics.Add("a", 0, """{"id":1}""", """{"id":2,"x":5}""", """{"id":3}""");
            Join(before);
            before.Until(() => before.Table("a").Status().Rows == 3);
        }
        using var after = Open(Table("a") with { UnknownFields = UnknownFields.Evolve });
        Join(after);
        after.Until(() => after.Table("a").Status().Rows == 3);
        after.Flush("a");
        Assert.Equal("""{"id":2,"x":5}""", after.Rows("default.a")[1]);
    }

    [Fact]
    public void MoreThanTheMemoryHoldsComesBackFlushByFlush()
    {
        var text = new string('x', 100_000);
        using (var before = Open(Wide() with { MemoryBytes = 512 << 20 }))
        {
            topics.Add("a", 0, [.. Enumerable.Range(0, 150).Select(i => $$"""{"id":{{i}},"t":"{{text}}"}""")]);
            Join(before);
            before.Until(() => before.Table("a").Status().Rows == 150);
        }
        using var after = Open(Wide() with { MemoryBytes = EngineOptions.LeastMemoryBytes });
        Join(after);
        after.Until(() => after.Table("a").Status().Rows == 150);
        Assert.InRange(after.Table("a").Flushes.Commits, 2, 150);
        AssertInTable(after, "a", 150);

        EngineOptions Wide() =>
            Options(1, Table("a") with { Columns = "id: long, t: string" }) with { WalFileBytes = 16 << 20, WalMaxBytes = 64 << 20 };
    }

    [Fact]
    public void WhatIsDamagedIsFetchedAgain()
    {
        using (var before = Open(Table("a")))
            for (var i = 0; i < 5; i++) Produce(before, "a", 0, 10);
        using var after = Open(Table("a"));
        // Found whole at the opening, and damaged by the time its frames are read.
        Damage();
        Join(after);
        after.Until(() => after.Table("a").Status().Rows >= 50);
        AssertInTable(after, "a", 50);
        Assert.Contains(after.Log.Lines, l => l.StartsWith("Error the log is damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatWasGivenUpMeanwhileIsFetchedAgain()
    {
        using (var before = Open(Table("a"))) Produce(before, "a", 0, 10);
        using var after = Open(Table("a"));
        after.Context.Found.Forget();
        after.Lane.Log.Truncate();
        Join(after);
        after.Until(() => after.Table("a").Status().Rows == 10);
        Assert.Equal(Offset.Beginning, after.Consumers[0].Starts[0].Offset);
        AssertInTable(after, "a", 10);
    }

    [Fact]
    public void APartitionThatIsTakenAwayWhileItIsReplayedLeavesNothingBehind()
    {
        using (var before = Open(Table("a"))) Produce(before, "a", 0, 10);
        using var after = Open(Table("a"));
        Join(after);
        after.Until(() => after.Table("a").Run?.Parts is [{ Sources.Length: 1 }]);
        after.Revoke(0, "a", 0);
        after.Settle();
        after.Context.Found.Forget();
        after.Until(() => after.Lane.Log.Pins.Oldest is null);
    }

    private static TableOptions Table(string name) =>
        new() { Name = name, Topics = [name], Columns = "id: long", KafkaColumn = false, Flush = new() { AgeMs = 10_000_000 } };

    private EngineOptions Options(int lanes, params TableOptions[] tables) =>
        LaneWorld.OptionsFor(tables) with { DataDirectory = folder, Lanes = lanes };

    private LaneWorld Open(params TableOptions[] tables) => Open(1, tables);

    private LaneWorld Open(int lanes, params TableOptions[] tables) => Open(Options(lanes, tables));

    private LaneWorld Open(EngineOptions options) => new(options, topics, catalog, objects);

    /// <summary>The only lane has all partitions that there are.</summary>
    private void Join(LaneWorld world)
    {
        foreach (var table in world.Options.Tables)
            world.Assign(0, table.Name, [.. Enumerable.Range(0, topics.Describe(table.Name).Partitions)]);
    }

    /// <summary>More records of a partition, which are taken and appended.</summary>
    private void Produce(LaneWorld world, string topic, int partition, int count, bool join = true)
    {
        var first = topics.Of(new(topic, partition)).Count;
        topics.Add(topic, partition, [.. Enumerable.Range(first, count).Select(i => $$"""{"id":{{(partition * 1_000) + i}}}""")]);
        if (join && first == 0 && world.Context.Found.IsForgotten) world.Assign(0, topic, partition);
        world.Until(() => world.Table(topic).Run?.Parts.SelectMany(p => p.Sources)
            .Any(s => s.Topic == topic && s.Partition == partition && s.TakenOffset == new Offset(first + count)) ?? false);
    }

    private static void AssertReplayed(LaneWorld world, string table, int records) =>
        world.Until(() => world.Log.Lines.Where(l => l.StartsWith($"Info the log is replayed table={table} ", StringComparison.Ordinal))
            .Sum(l => int.Parse(l.Split("records=")[1].Split(' ')[0], null)) == records);

    private static void AssertInTable(LaneWorld world, string table, int rows)
    {
        world.Flush(table);
        var all = world.Rows($"default.{table}");
        Assert.Equal((rows, rows), (all.Length, all.Distinct().Count()));
    }

    /// <summary>Turns over a byte in the middle of what the log holds.</summary>
    private void Damage()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "wal", "lane-0"), "*.wal"))
        {
            var bytes = File.ReadAllBytes(file);
            var at = bytes.AsSpan().LastIndexOf("\"id\":25"u8);
            if (at < 0) continue;
            using var open = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.Write(open, [(byte)'#'], at);
        }
    }
}
