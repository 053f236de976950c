using System.Runtime.CompilerServices;
using K2I.Base;

namespace K2I.Ring;

/// <summary>
/// The shards of an index by the first bits of a hash (extendible hashing): one that is full is split in two, and no other is touched.
/// Nothing here takes longer than copying one shard, some ten microseconds.
/// </summary>
/// <remarks>
/// One writer. Readers: (1) <see cref="Find"/>; (2) read the shard; (3) fence; (4) find it again: the same object means that all of (2) was
/// read while the place was this shard's. The writer: (1) fills new shards, (2) stores them in the directory, (3) gives the old place back,
/// behind a lock. A place that others have written to meanwhile is in no directory any more.
/// </remarks>
internal sealed class KeyDirectory(IndexBudget budget, IndexedSegments segments)
{
    /// <summary>65,536 shards of 32 KiB: some 75 million keys.</summary>
    private const int MaxDepth = 16;

    /// <summary>Bits of a hash that tell parts apart, at most: the other bits, as many at most, are for the shards of a part.</summary>
    private const int PartBits = MaxDepth / 2;

    private const int ReturnsAtOnce = 4, Uneven = 16, CopiedAhead = 24;

    private static readonly int MostCopied = Most(IndexPlace.Sizes - 1);

    // Parts by the first bits of a hash; once there are as many as may be, more shards of a part by the bits that follow. So what doubles
    // is short. Shards that are less deep than others stand several times. No part: empty.
    private KeyShard[][] parts = [];
    private readonly Stack<IndexPlace> leaving = [];
    private long now, memoryFrom;
    private uint sweepAt;

    /// <summary>Entries, stale ones included.</summary>
    internal long Entries { get; private set; }

    /// <summary>The shard that the hash belongs to. Any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal KeyShard? Find(ulong hash)
    {
        var all = Volatile.Read(ref parts);
        if (all.Length == 0) return null;
        var part = Volatile.Read(ref all[IndexOf(hash, all.Length)]);
        return Volatile.Read(ref part[IndexOf(hash << PartBits, part.Length)]);
    }

    /// <summary>Shards that were copied or split, to make room.</summary>
    internal long Growths { get; private set; }

    internal void Added() => Entries++;

    /// <summary>
    /// Makes room where the hash belongs: by dropping stale entries, by a larger place, or by a split. False where there is no memory, or
    /// where it does not help; what failed is tried again some rows later, and for want of memory after <see cref="Return"/>.
    /// </summary>
    /// <param name="rows">Rows put so far.</param>
    internal bool TryGrow(ulong hash, long rows)
    {
        now = rows;
        if (now < memoryFrom) return false;
        if (Find(hash) is { } shard) return TryRewrite(shard, hash);
        if (Make(0, 0, replaces: false) is not { } first) return false;
        Volatile.Write(ref parts, [[first]]);
        return true;
    }

    /// <summary>Looks at the next shard, and drops its stale entries where they are many.</summary>
    internal void Sweep()
    {
        if (parts.Length == 0) return;
        var hash = (ulong)sweepAt << (64 - MaxDepth);
        var shard = Find(hash)!;
        sweepAt = (sweepAt + (1u << (MaxDepth - shard.Depth))) & ((1u << MaxDepth) - 1);
        var live = CountLive(shard);
        if (KeyIndex.IsMostlyStale(live, shard.Count)) TryCopy(shard, hash, live);
    }

    /// <summary>No entry is left; <see cref="Return"/> gives the memory back.</summary>
    internal void Clear()
    {
        var old = parts;
        Volatile.Write(ref parts, []);
        for (var i = 0; i < old.Length; i += Math.Max(1, old.Length >> old[i][0].Depth))
        {
            var part = old[i];
            for (var at = 0; at < part.Length; at += Math.Max(1, (part.Length << PartBits) >> part[at].Depth)) leaving.Push(part[at].Place);
        }
        Entries = 0;
        sweepAt = 0;
    }

    /// <summary>Gives some places back of what was cleared; true while there are more.</summary>
    internal bool Return()
    {
        memoryFrom = 0;
        for (var i = 0; i < ReturnsAtOnce && leaving.TryPop(out var place); i++) budget.Return(place);
        return leaving.Count > 0;
    }

    private bool TryRewrite(KeyShard shard, ulong hash)
    {
        if (now < shard.GrowsFrom) return false;
        // Where few are stale of all, few are here, and they are dropped without being counted.
        var live = 4 * segments.Entries > 3 * Entries ? shard.Count : CountLive(shard);
        if (live <= MostCopied ? TryCopy(shard, hash, live) : TrySplit(shard, hash))
        {
            Growths++;
            return true;
        }
        shard.GrowsFrom = now + KeyIndex.RowsPerGrowth;
        return false;
    }

    /// <summary>Into the smallest place where so many entries leave a quarter free.</summary>
    private bool TryCopy(KeyShard shard, ulong hash, int live)
    {
        var size = 0;
        while (live > Most(size)) size++;
        if (Make(size, shard.Depth, replaces: size <= shard.Place.Size) is not { } copy) return false;
        Copy(shard, 0, [copy, copy]);
        Swap(shard, hash, copy, copy);
        return true;
    }

    private bool TrySplit(KeyShard shard, ulong hash)
    {
        if (shard.Depth == MaxDepth || shard.IsAlike) return false;
        const int size = IndexPlace.Sizes - 1;
        if (Make(size, shard.Depth + 1, replaces: false) is not { } right) return false;
        if (Make(size, shard.Depth + 1, replaces: true) is not { } left)
        {
            budget.Return(right.Place);
            return false;
        }
        ref var part = ref PartOf(hash);
        if (1 << shard.Depth == parts.Length * part.Length) Double(ref part);
        Copy(shard, 63 - shard.Depth, [left, right]);
        // Where hashes are alike, more of it helps nobody.
        right.IsAlike = left.Count < right.Count / Uneven;
        left.IsAlike = right.Count < left.Count / Uneven;
        Swap(shard, hash, left, right);
        return true;
    }

    /// <summary>Tells one more bit apart: of all parts, or of one where there are as many as may be.</summary>
    private void Double(ref KeyShard[] part)
    {
        if (parts.Length == 1 << PartBits)
        {
            var wider = new KeyShard[2 * part.Length];
            for (var i = 0; i < wider.Length; i++) wider[i] = part[i / 2];
            Volatile.Write(ref part, wider);
        }
        else
        {
            var more = new KeyShard[2 * parts.Length][];
            for (var i = 0; i < more.Length; i++) more[i] = [parts[i / 2][0]];
            Volatile.Write(ref parts, more);
        }
    }

    private KeyShard? Make(int size, int depth, bool replaces)
    {
        if (budget.TryTake(size, replaces, out var place)) return new(place, budget.Memory(place), depth);
        memoryFrom = now + KeyIndex.RowsPerGrowth;
        return null;
    }

    private int CountLive(KeyShard shard)
    {
        var live = 0;
        for (var bucket = 0U; bucket < shard.Buckets; bucket++)
            for (var slot = 0; slot < KeyShard.BucketSlots && shard.Hash(bucket, slot) != 0; slot++)
                if (segments.IsLive(shard.Location(bucket, slot).Number)) live++;
        return live;
    }

    /// <summary>The live entries, each into that of two shards which a bit of its hash says.</summary>
    private void Copy(KeyShard from, int bit, KeyShard[] into)
    {
        var kept = 0;
        for (var bucket = 0U; bucket < from.Buckets; bucket++)
        {
            from.Prefetch(bucket + CopiedAhead);
            for (var slot = 0; slot < KeyShard.BucketSlots && from.Hash(bucket, slot) is not 0 and var hash; slot++)
            {
                var location = from.Location(bucket, slot);
                if (!segments.IsLive(location.Number)) continue;
                Check.That(into[(int)(hash >> bit) & 1].TryAdd(hash, location));
                kept++;
            }
        }
        Entries += kept - from.Count;
    }

    /// <summary>Puts two shards in the place of one, or one where both are the same.</summary>
    /// <param name="hash">One that belongs there.</param>
    private void Swap(KeyShard old, ulong hash, KeyShard left, KeyShard right)
    {
        if (old.Depth < PartBits)
        {
            var count = parts.Length >> old.Depth;
            var from = (int)IndexOf(hash, parts.Length) & -count;
            for (var i = 0; i < count; i++) Volatile.Write(ref parts[from + i][0], i < count / 2 ? left : right);
        }
        else
        {
            var part = PartOf(hash);
            var count = part.Length >> (old.Depth - PartBits);
            var from = (int)IndexOf(hash << PartBits, part.Length) & -count;
            for (var i = 0; i < count; i++) Volatile.Write(ref part[from + i], i < count / 2 ? left : right);
        }
        budget.Return(old.Place);
    }

    /// <summary>The most entries that are copied into a place of a size.</summary>
    private static int Most(int size) => KeyShard.LimitOf(size) / 4 * 3;

    private ref KeyShard[] PartOf(ulong hash) => ref parts[IndexOf(hash, parts.Length)];

    // The first bits of the hash, as the count is a power of two.
    private static ulong IndexOf(ulong hash, int count) => ((hash >> 32) * (uint)count) >> 32;
}
