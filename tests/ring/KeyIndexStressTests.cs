using K2I.Base;
using K2I.Columns;

namespace K2I.Ring.Tests;

/// <summary>Readers look keys up while lanes add, grow, drop and retire, in memory that their indexes hand to each other.</summary>
public sealed class KeyIndexStressTests
{
    private const int Lanes = 2, Keys = 2_000, Rounds = 300;

    /// <summary>
    /// Every key is always in memory, as its segment goes only after a newer row was added. So no lookup may miss it, find another key, or
    /// a row older than what was added before it began.
    /// </summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(~0xFF00_0000_0000_03F0UL)]
    public void NoLookupMissesAKeyOrFindsAnOlderRow(ulong sameBits)
    {
        using var budget = new IndexBudget(4 << 20, 1);
        var lanes = Enumerable.Range(0, Lanes).Select(i => new Lane(budget, i + 1, sameBits)).ToArray();
        var running = Lanes;
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();
        long found = 0;
        Thread[] threads =
        [
            .. lanes.Select(l => new Thread(() => Write(l))),
            .. Enumerable.Range(0, 2).Select(i => new Thread(() => Read(i))),
        ];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Empty(problems);
        Assert.True(found > 0);
        foreach (var lane in lanes) lane.Dispose();
        Assert.Equal(0, budget.HeldBytes);

        void Write(Lane lane)
        {
            try
            {
                for (var round = 0; round < Rounds; round++) lane.Round();
            }
            catch (Exception error)
            {
                problems.Enqueue(error.ToString());
            }
            Interlocked.Decrement(ref running);
        }

        void Read(int seed)
        {
            var random = new Random(seed);
            while (Volatile.Read(ref running) > 0 && problems.IsEmpty)
            {
                var lane = lanes[random.Next(Lanes)];
                if (lane.Look(random.Next(Keys)) is { } problem) problems.Enqueue(problem);
                else Interlocked.Increment(ref found);
            }
        }
    }

    private sealed class Lane : IDisposable
    {
        private readonly SegmentPool pool = new(16 << 20);
        private readonly PoolAccount account;
        private readonly KeyIndex index;
        private readonly Random random;
        private readonly int others;
        private readonly long[] floors = new long[Keys];
        private readonly Queue<Segment> older = [];
        private long version, noise = Keys;

        internal Lane(IndexBudget budget, int seed, ulong sameBits)
        {
            account = pool.Open();
            index = new(budget, KeyColumns.Of(IndexWorld.Schema, "key")) { SameBits = sameBits };
            random = new(seed);
            others = sameBits == 0 ? 12 : 1;
        }

        /// <summary>Adds a newer row of every key, among others that are seen once, and retires what was there before.</summary>
        internal void Round()
        {
            var before = older.Count;
            var segment = Open();
            var from = 0;
            for (var key = 0; key < Keys; key++)
            {
                for (var i = random.Next(others); i > 0; i--) Append(ref segment, ref from, noise++);
                Append(ref segment, ref from, key);
                if (random.Next(50) == 0) Publish(segment, ref from);
            }
            Publish(segment, ref from);
            segment.Seal();
            older.Enqueue(segment);
            for (var i = 0; i < before; i++)
            {
                Rows.Flush(older.Dequeue());
                if (random.Next(3) == 0) index.Sweep();
            }
            Check.That(index.IsComplete);
        }

        /// <summary>What is wrong with a lookup of the key; null where nothing is, or the key was not added yet.</summary>
        internal string? Look(long key)
        {
            var floor = Volatile.Read(ref floors[key]);
            if (!index.TryFind(IndexWorld.KeyOf(key), out var lease, out var row)) return floor == 0 ? null : $"key {key} is missed";
            using (lease)
            {
                var columns = lease.Segment.View().Columns;
                if (columns[0].Value<long>(row.Value) != key) return $"key {key}: another";
                return columns[1].Value<long>(row.Value) < floor ? $"key {key}: an older row" : null;
            }
        }

        public void Dispose()
        {
            index.Dispose();
            account.Dispose();
            pool.Dispose();
        }

        private Segment Open() => account.TryOpen(IndexWorld.Schema, SegmentClasses.Smallest << (2 * random.Next(3)))!;

        private void Append(ref Segment segment, ref int from, long key)
        {
            while (true)
            {
                segment.Rows.Column(0).AppendLong(key);
                segment.Rows.Column(1).AppendLong(++version);
                if (segment.Rows.EndRow()) return;
                Publish(segment, ref from);
                segment.Seal();
                older.Enqueue(segment);
                segment = Open();
                from = 0;
            }
        }

        private void Publish(Segment segment, ref int from)
        {
            segment.Publish();
            var to = segment.PublishedRows;
            index.Add(segment, from, to);
            var columns = segment.View(to).Columns;
            for (; from < to; from++)
                if (columns[0].Value<long>(from) is < Keys and var key) Volatile.Write(ref floors[key], columns[1].Value<long>(from));
        }
    }
}
