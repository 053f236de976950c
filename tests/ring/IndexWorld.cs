using System.Buffers.Binary;
using K2I.Columns;

namespace K2I.Ring.Tests;

/// <summary>A lane's table with an index, and a model of it: rows of a key and a version, segments that come and go in any order.</summary>
internal sealed class IndexWorld : IDisposable
{
    internal static readonly Schema Schema = Schema.Of(
        new Field(1, "key", PrimitiveType.Long, true), new Field(2, "version", PrimitiveType.Long, true));

    private readonly SegmentPool pool;
    private readonly PoolAccount account;
    private readonly Random random;
    private readonly List<Segment> sealedOnes = [];
    private readonly Dictionary<long, (Segment Segment, int Ordinal, long Version)> newest = [];
    private Segment? open;
    private long version;

    internal IndexWorld(IndexBudget budget, int seed, ulong sameBits = 0, long memory = 64 << 20)
    {
        pool = new(memory);
        account = pool.Open();
        random = new(seed);
        Index = new(budget, KeyColumns.Of(Schema, "key")) { SameBits = sameBits };
    }

    internal KeyIndex Index { get; }

    internal int Segments => sealedOnes.Count;

    /// <summary>Keys whose newest row is in memory.</summary>
    internal int LiveKeys => newest.Values.Count(n => IsLive(n.Segment));

    internal static byte[] KeyOf(long key)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, 8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), key);
        return bytes;
    }

    /// <summary>Rows with these keys, published and added; more than one segment where one is full.</summary>
    internal void Add(IEnumerable<long> keys, long segmentBytes = SegmentClasses.Smallest)
    {
        var from = open?.PublishedRows ?? 0;
        foreach (var key in keys)
        {
            while (true)
            {
                open ??= account.TryOpen(Schema, segmentBytes) ?? throw new InvalidOperationException("the pool is full");
                open.Rows.Column(0).AppendLong(key);
                open.Rows.Column(1).AppendLong(++version);
                if (open.Rows.EndRow()) break;
                Seal(from);
                from = 0;
            }
            newest[key] = (open, open.Rows.Rows - 1, version);
        }
        if (open is null) return;
        open.Publish();
        Index.Add(open, from, open.PublishedRows);
    }

    internal void Seal()
    {
        if (open is not null) Seal(open.PublishedRows);
    }

    /// <summary>One of the sealed segments goes, flushed or not, the oldest or any.</summary>
    internal void Retire(bool oldest = false)
    {
        if (sealedOnes.Count == 0) return;
        var at = oldest ? 0 : random.Next(sealedOnes.Count);
        if (random.Next(4) == 0) sealedOnes[at].Discard();
        else Rows.Flush(sealedOnes[at]);
        sealedOnes.RemoveAt(at);
    }

    internal void RetireAll()
    {
        Seal();
        while (sealedOnes.Count > 0) Retire();
    }

    /// <summary>The index says of the key what the model does; where it is incomplete, a miss is looked for in the rows.</summary>
    internal void Check(long key)
    {
        var bytes = KeyOf(key);
        var isIn = newest.TryGetValue(key, out var row) && IsLive(row.Segment);
        if (Index.TryFind(bytes, out var lease, out var ordinal))
        {
            using (lease)
            {
                Assert.True(isIn);
                Assert.Equal((row.Segment, row.Ordinal), (lease.Segment, ordinal.Value));
                Assert.Equal(row.Version, lease.Segment.View().Columns[1].Value<long>(ordinal.Value));
            }
            return;
        }
        if (!isIn) return;
        Assert.False(Index.IsComplete, $"key {key} is missed");
        Assert.Equal(new Ordinal(row.Ordinal), KeyScan.FindLast(Index.Columns, row.Segment.View(), bytes));
    }

    internal void SweepAll()
    {
        while (Index.Sweep()) { }
    }

    public void Dispose()
    {
        Index.Dispose();
        account.Dispose();
        pool.Dispose();
    }

    private void Seal(int from)
    {
        open!.Seal();
        Index.Add(open, from, open.PublishedRows);
        sealedOnes.Add(open);
        open = null;
    }

    private static bool IsLive(Segment segment) => segment.State is not (SegmentState.Retired or SegmentState.Free);
}
