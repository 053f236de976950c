using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring.Tests;

public sealed class KeyIndexTests
{
    /// <summary>All bits but some from the top and some of those that say the bucket: keys that share hashes by the dozen.</summary>
    private const ulong FewHashes = ~0xFF00_0000_0000_0070UL;

    [Theory]
    [InlineData(1, 0, 300_000)]
    [InlineData(2, 0, 40_000)]
    [InlineData(3, 0, 500)]
    [InlineData(4, FewHashes, 20_000)]
    [InlineData(5, ulong.MaxValue, 300)]
    [InlineData(6, ~1UL, 5_000)]
    public void FindsWhatAModelFinds(int seed, ulong sameBits, int keys)
    {
        using var budget = new IndexBudget(32 << 20, seed);
        using (var world = new IndexWorld(budget, seed, sameBits))
        {
            var random = new Random(seed);
            for (var step = 0; step < 20_000; step++)
            {
                switch (random.Next(20))
                {
                    case 0:
                        world.Seal();
                        break;
                    case 1 when world.Segments > 100:
                        for (var i = random.Next(120); i > 0; i--) world.Retire();
                        break;
                    case 2:
                        world.Index.Sweep();
                        break;
                    case 3 when random.Next(200) == 0:
                        world.RetireAll();
                        break;
                    case < 12:
                        world.Add(Enumerable.Range(0, random.Next(sameBits == 0 ? 300 : 30)).Select(_ => random.NextInt64(keys)));
                        break;
                    default:
                        for (var i = 0; i < 30; i++) world.Check(random.NextInt64(keys));
                        break;
                }
            }
            for (var key = 0; key < keys; key++) world.Check(key);
            world.RetireAll();
            world.SweepAll();
            Assert.Equal(0, budget.HeldBytes);
            Assert.True(world.Index.IsComplete);
        }
    }

    [Fact]
    public void MillionsOfKeysAreFoundWhereTheyAreNewest()
    {
        using var budget = new IndexBudget(256 << 20, 1);
        using var world = new IndexWorld(budget, 1, memory: 512 << 20);
        const int keys = 3_000_000;
        for (var key = 0; key < keys; key += 10_000) world.Add(Range(key, key + 10_000), SegmentClasses.Largest);
        for (var key = 0; key < keys; key += 3 * 7_000) world.Add(Range(key, Math.Min(keys, key + 7_000)), SegmentClasses.Largest);
        for (var key = 0; key < keys + 1000; key++) world.Check(key);
        Assert.InRange(budget.HeldBytes, 16L * keys, 40L * keys);
        Assert.Equal(keys, world.Index.Entries);
    }

    [Fact]
    public void WhereMemoryIsFullAMissIsNoAnswerUntilWhatWasLeftOutIsGone()
    {
        using var budget = new IndexBudget(IndexBudget.LeastBytes, 1);
        using var world = new IndexWorld(budget, 1);
        const int keys = 150_000;
        world.Add(Range(0, 20_000), 1 << 20);
        world.Seal();
        Assert.True(world.Index.IsComplete);
        world.Add(Range(20_000, keys), 1 << 20);
        Assert.False(world.Index.IsComplete);
        Assert.InRange(budget.HeldBytes, budget.BudgetBytes * 8 / 10, budget.BudgetBytes);
        for (var key = 0; key < keys + 100; key += 37) world.Check(key);
        // Keys that have an entry get their newer rows all the same.
        world.Add(Range(0, 20_000), 1 << 20);
        for (var key = 0; key < keys; key += 37) world.Check(key);
        Assert.False(world.Index.IsComplete);
        world.RetireAll();
        world.SweepAll();
        Assert.True(world.Index.IsComplete);
        Assert.Equal(0, budget.HeldBytes);
        world.Add(Range(0, 20_000), 1 << 20);
        Assert.True(world.Index.IsComplete);
        for (var key = 0; key < 30_000; key += 37) world.Check(key);
    }

    /// <summary>Another index holds the memory: complete again once what was left out is retired, though it never had an entry.</summary>
    [Fact]
    public void AnIndexThatGotNothingIsCompleteOnceItsRowsAreGone()
    {
        using var budget = new IndexBudget(IndexBudget.LeastBytes, 1);
        using var greedy = new IndexWorld(budget, 1);
        using var late = new IndexWorld(budget, 2);
        greedy.Add(Range(0, 150_000), 1 << 20);
        late.Add(Range(0, 1_000));
        Assert.False(late.Index.IsComplete);
        for (var key = 0; key < 1_100; key++) late.Check(key);
        late.RetireAll();
        late.SweepAll();
        Assert.True(late.Index.IsComplete);
        greedy.RetireAll();
        greedy.SweepAll();
        late.SweepAll();
        late.Add(Range(0, 1_000));
        Assert.True(late.Index.IsComplete);
        for (var key = 0; key < 1_100; key++) late.Check(key);
    }

    /// <summary>New keys for ever, a window of them in memory: with and without upkeep in between.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhereSegmentsComeAndGoItDoesNotGrow(bool sweeps)
    {
        using var budget = new IndexBudget(64 << 20, 1);
        using var world = new IndexWorld(budget, 1);
        const int step = 500, window = 100;
        long most = 0;
        for (var i = 0; i < 4_000; i++)
        {
            world.Add(Range(i * step, (i + 1) * step));
            while (world.Segments > window) world.Retire(oldest: true);
            if (sweeps) world.Index.Sweep();
            most = Math.Max(most, budget.HeldBytes);
        }
        Assert.True(world.Index.IsComplete);
        Assert.InRange(most, 16L * world.LiveKeys, 90L * world.LiveKeys);
        for (var key = 3_900L * step; key < 4_000 * step; key++) world.Check(key);
    }

    /// <summary>Growing is copying one shard: how often is what a stall of the writer is made of.</summary>
    [Fact]
    public void ALargeIndexGrowsOnceForSoManyRowsAtMost()
    {
        using var budget = new IndexBudget(128 << 20, 1);
        using var world = new IndexWorld(budget, 1, memory: 256 << 20);
        const int small = 20_000, rows = KeyIndex.RowsPerGrowth;
        world.Add(Range(0, small), SegmentClasses.Largest);
        var before = world.Index.Growths;
        for (var key = small; key < 2_000_000; key += rows)
        {
            world.Add(Range(key, key + rows), SegmentClasses.Largest);
            Assert.InRange(world.Index.Growths - before, 0, 1);
            before = world.Index.Growths;
        }
        Assert.True(before > 500);
        Assert.True(world.Index.IsComplete);
    }

    [Fact]
    public void WhatIsLeftOfAPeakTakesLittle()
    {
        using var budget = new IndexBudget(64 << 20, 1);
        using var world = new IndexWorld(budget, 1);
        world.Add(Range(0, 500_000), 1 << 20);
        world.Seal();
        var peak = budget.HeldBytes;
        world.Add(Range(500_000, 501_000));
        while (world.Segments > 0) world.Retire();
        world.SweepAll();
        Assert.InRange(budget.HeldBytes, 1, peak / 6);
        for (var key = 490_000; key < 502_000; key++) world.Check(key);
    }

    [Fact]
    public void AKeyWithinAStructIsFoundInSegmentsOfOlderAndNewerSchemas()
    {
        var old = Schema.Of(new Field(1, "_kafka", new StructType([new Field(2, "key", PrimitiveType.Int, false)]), false));
        var kafka = new StructType([new Field(4, "topic", PrimitiveType.Int, false), new Field(2, "key", PrimitiveType.Long, false)]);
        var now = Schema.Of(new Field(3, "more", PrimitiveType.Boolean, false), new Field(1, "_kafka", kafka, false));
        using var budget = new IndexBudget(IndexBudget.LeastBytes, 1);
        using var pool = new SegmentPool(4 << 20);
        using var account = pool.Open();
        using var index = new KeyIndex(budget, KeyColumns.Of(now, "_kafka.key"));
        var first = account.TryOpen(old, 0)!;
        foreach (var key in (int?[])[1, 2, null]) Append(first, 0, 0, key);
        first.Seal();
        index.Add(first, 0, 3);
        var second = account.TryOpen(now, 0)!;
        foreach (var key in (int?[])[2, 3]) Append(second, 1, 1, key);
        second.Publish();
        index.Add(second, 0, 2);
        Assert.Equal((first, 0), Find("1"));
        Assert.Equal((second, 0), Find("2"));
        Assert.Equal((second, 1), Find("3"));
        Assert.Equal((first, 2), Find(null));
        Assert.Null(Find("4"));
        Rows.Flush(first);
        Assert.Null(Find(null));
        Assert.Equal((second, 0), Find("2"));

        void Append(Segment segment, int column, int child, int? key)
        {
            for (var i = 0; i < column; i++) segment.Rows.Column(i).AppendNull();
            var within = segment.Rows.Column(column);
            for (var i = 0; i < child; i++) within.Child(i).AppendNull();
            if (key is not { } value) within.Child(child).AppendNull();
            else if (within.Child(child).Width == sizeof(int)) within.Child(child).AppendInt(value);
            else within.Child(child).AppendLong(value);
            within.EndStruct();
            Assert.True(segment.Rows.EndRow());
        }

        (Segment Segment, int Row)? Find(string? text)
        {
            Assert.True(index.Columns.TryParse([text], out var key, out _));
            if (!index.TryFind(key, out var lease, out var row)) return null;
            using (lease) return (lease.Segment, row.Value);
        }
    }

    [Fact]
    public void AnIndexThatEndsGivesItsMemoryBackAndFindsNothing()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Index);
        var budget = new IndexBudget(16 << 20, 1);
        var world = new IndexWorld(budget, 1);
        world.Add(Range(0, 50_000), 1 << 20);
        Assert.True(budget.HeldBytes > 0);
        world.Index.Dispose();
        Assert.False(world.Index.TryFind(IndexWorld.KeyOf(1), out _, out _));
        Assert.Equal(0, budget.HeldBytes);
        world.Dispose();
        budget.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Index));
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var key = from; key < to; key++) yield return key;
    }
}
