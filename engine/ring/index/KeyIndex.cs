using System.Numerics;
using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// Finds the newest row of a key among the segments that one lane writes for one table. An entry is the key's hash and the place of its
/// newest row; the key itself is read where the row lies. Rows of a segment that was retired are found no more.
/// </summary>
/// <remarks>
/// Writer (the lane's thread): <see cref="Add"/>, <see cref="Sweep"/>, <see cref="Dispose"/>. Readers, any number, that wait for nobody:
/// <see cref="TryFind"/>, <see cref="IsComplete"/>. A row is found once its <see cref="Add"/> has ended: what tells readers how far the
/// table is must come after it. Memory is the budget's; where it gives none, new keys are left out, and <see cref="IsComplete"/> says so.
/// </remarks>
public sealed class KeyIndex : IDisposable
{
    private const int RunRows = 32;

    /// <summary>
    /// A shard that should grow waits until so many rows were added since another did: no call does much more than its rows. All may have
    /// to at about the same time; the quarter of their slots that is free then is room for more rows than it takes them.
    /// </summary>
    internal const int RowsPerGrowth = 256;

    private readonly IndexedSegments segments = new();
    private readonly KeyDirectory directory;
    private readonly long seed;
    private byte[] room = new byte[64];
    private long rows, grownAt;
    private bool isIncomplete, disposed;

    public KeyIndex(IndexBudget budget, KeyColumns columns)
    {
        directory = new(budget, segments);
        seed = budget.HashSeed;
        Columns = columns;
    }

    public KeyColumns Columns { get; }

    /// <summary>
    /// False while rows in memory may have no entry: a key that is not found then has to be looked for among the rows
    /// (<see cref="KeyScan"/>). What is found is the newest in any case. To be read after a miss.
    /// </summary>
    public bool IsComplete => !Volatile.Read(ref isIncomplete);

    /// <summary>Entries, those of retired segments included that were not dropped yet. Writer.</summary>
    public long Entries => directory.Entries;

    /// <summary>Shards that were copied or split to make room. Writer.</summary>
    internal long Growths => directory.Growths;

    /// <summary>For tests of keys whose hashes are the same: bits that are set in each.</summary>
    internal ulong SameBits { get; init; }

    /// <summary>
    /// Adds the rows [<paramref name="from"/>, <paramref name="to"/>) of a segment, published just now: rows come in the order they are
    /// written, those of one segment and of all. No allocation but where a part of the index grows or a segment is new.
    /// </summary>
    public void Add(Segment segment, int from, int to)
    {
        Check.That(!disposed && from >= 0 && from <= to && to <= segment.PublishedRows);
        if (from == to) return;
        var indexed = segments.Of(segment, Columns);
        var keys = indexed.Keys;
        Span<ulong> hashes = stackalloc ulong[RunRows];
        Span<RowLocation> met = stackalloc RowLocation[RunRows];
        Span<int> later = stackalloc int[RunRows];
        for (var count = 0; from < to; from += count)
        {
            count = Math.Min(RunRows, to - from);
            for (var i = 0; i < count; i++)
            {
                hashes[i] = keys.Hash(from + i, seed, ref room) | SameBits;
                directory.Find(hashes[i])?.Prefetch(hashes[i]);
            }
            // What stops a row here stops those of its hash that follow: rows of a key stay in order.
            var left = 0;
            for (var i = 0; i < count; i++)
                if (!TryFill(indexed, from + i, hashes[i])) later[left++] = i;
            for (var i = 0; i < left; i++) met[i] = Meet(hashes[later[i]]);
            for (var i = 0; i < left; i++)
                if (met[i] is { Word: not 0 } at) segments.Find(at.Number)?.Keys.PrefetchValue(at.Ordinal);
            for (var i = 0; i < left; i++) Put(indexed, from + later[i], hashes[later[i]]);
        }
        segments.LetGo();
    }

    /// <summary>
    /// The newest row of a key, its segment kept in memory by the lease. False where no row that was added is in memory; see
    /// <see cref="IsComplete"/>.
    /// </summary>
    /// <param name="key">As <see cref="KeyColumns.TryParse"/> makes it.</param>
    public bool TryFind(ReadOnlySpan<byte> key, out SegmentLease lease, out Ordinal row)
    {
        (lease, row) = (default, default);
        var hash = KeyReader.HashOf(key, Columns.Count, seed) | SameBits;
        while (directory.Find(hash) is { } shard)
        {
            var found = TryProbe(shard, hash, key, out lease, out row);
            // What was read was the shard's if the shard is still the directory's: see KeyDirectory.
            Volatile.ReadBarrier();
            if (ReferenceEquals(directory.Find(hash), shard)) return found;
            if (found) lease.Dispose();
        }
        return false;
    }

    /// <summary>
    /// A step of upkeep: drops what is of retired segments, part by part, and gives memory back; all of it where none is left. True while
    /// there is more to do. Each takes some ten microseconds at most; to be called between batches, and while the table is idle.
    /// </summary>
    public bool Sweep()
    {
        segments.Refresh();
        if (isIncomplete && !segments.IsAnyLeftOut) Volatile.Write(ref isIncomplete, false);
        if (segments.Count == 0) directory.Clear();
        if (directory.Return()) return true;
        if (!IsMostlyStale(segments.Entries, directory.Entries)) return false;
        directory.Sweep();
        return true;
    }

    /// <summary>Gives all memory back. Readers find nothing from then on.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        directory.Clear();
        while (directory.Return()) { }
    }

    /// <summary>Few enough are live that dropping the others is worth a copy, also where no room is needed.</summary>
    internal static bool IsMostlyStale(long live, long entries) => 4 * live < entries;

    private bool TryProbe(KeyShard shard, ulong hash, ReadOnlySpan<byte> key, out SegmentLease lease, out Ordinal row)
    {
        // No further than once around: what became another shard's may be full.
        var bucket = shard.Home(hash);
        for (var left = shard.Buckets; left > 0; left--, bucket = shard.Next(bucket))
        {
            var matches = shard.Slots(bucket, hash);
            var isLast = shard.Slots(bucket, 0) != 0;
            Volatile.ReadBarrier();
            for (; matches != 0; matches &= matches - 1)
                if (TryRead(shard, bucket, BitOperations.TrailingZeroCount(matches), key, out lease, out row)) return true;
            if (isLast) break;
        }
        (lease, row) = (default, default);
        return false;
    }

    /// <summary>The row that an entry points to, if its key is the one asked for.</summary>
    private bool TryRead(KeyShard shard, uint bucket, int slot, ReadOnlySpan<byte> key, out SegmentLease lease, out Ordinal row)
    {
        var location = shard.Location(bucket, slot);
        while (true)
        {
            row = new(location.Ordinal);
            if (segments.Find(location.Number) is { } indexed && indexed.Segment.TryLease(out lease))
            {
                // A place that is another shard's by now may point anywhere.
                if (row.Value < indexed.Segment.PublishedRows && indexed.Keys.Is(row.Value, key)) return true;
                lease.Dispose();
                return false;
            }
            // Retired. If the key has a newer row since the location was read, that one is asked for.
            var again = shard.Location(bucket, slot);
            if (again == location)
            {
                lease = default;
                return false;
            }
            location = again;
        }
    }

    /// <summary>
    /// Where the key may have a row, by a look at its first bucket: asks for the memory that the stored key is found by. No segment's where
    /// it has none there.
    /// </summary>
    private RowLocation Meet(ulong hash)
    {
        if (directory.Find(hash) is not { } shard) return default;
        var bucket = shard.Home(hash);
        var matches = shard.Slots(bucket, hash);
        if (matches == 0) return default;
        var location = shard.Location(bucket, BitOperations.TrailingZeroCount(matches));
        if (!segments.TryHold(location.Number, out var other)) return default;
        other.Keys.PrefetchPlace(location.Ordinal);
        return location;
    }

    /// <summary>Before it takes one more; see <see cref="RowsPerGrowth"/>.</summary>
    private bool MustGrow(KeyShard shard) => shard.Count >= shard.Limit && rows - grownAt >= RowsPerGrowth;

    /// <summary>Makes the entry of a key that has none, where its first bucket has room and shows that; otherwise false.</summary>
    private bool TryFill(IndexedSegment segment, int ordinal, ulong hash)
    {
        if (directory.Find(hash) is not { } shard || shard.IsFull || MustGrow(shard)) return false;
        var bucket = shard.Home(hash);
        var empty = shard.Slots(bucket, 0);
        if (empty == 0 || shard.Slots(bucket, hash) != 0) return false;
        rows++;
        segment.Entries++;
        directory.Added();
        shard.Fill(bucket, BitOperations.TrailingZeroCount(empty), hash, new(segment.Number, ordinal));
        return true;
    }

    private void Put(IndexedSegment segment, int ordinal, ulong hash)
    {
        rows++;
        while (directory.Find(hash) is not { } shard || !TryPut(shard, segment, ordinal, hash, mustGrow: MustGrow(shard)))
        {
            if (directory.TryGrow(hash, rows))
            {
                grownAt = rows;
                continue;
            }
            if (directory.Find(hash) is { } full && TryPut(full, segment, ordinal, hash, mustGrow: false)) return;
            segment.IsLeftOut = true;
            Volatile.Write(ref isIncomplete, true);
            return;
        }
    }

    /// <summary>Replaces the location of the key's entry, or makes one; false where the shard has to grow first.</summary>
    /// <param name="mustGrow">Also where it has an empty slot.</param>
    private bool TryPut(KeyShard shard, IndexedSegment segment, int ordinal, ulong hash, bool mustGrow)
    {
        var location = new RowLocation(segment.Number, ordinal);
        var (staleBucket, staleSlot) = (0U, -1);
        for (var bucket = shard.Home(hash); ; bucket = shard.Next(bucket))
        {
            for (var matches = shard.Slots(bucket, hash); matches != 0; matches &= matches - 1)
            {
                var slot = BitOperations.TrailingZeroCount(matches);
                var has = shard.Location(bucket, slot);
                if (!segments.TryHold(has.Number, out var other))
                {
                    // Not taken at once: another entry of the same hash, further on, may be the key's.
                    (staleBucket, staleSlot) = (bucket, slot);
                }
                else if (segment.Keys.IsSame(ordinal, other.Keys, has.Ordinal))
                {
                    shard.Replace(bucket, slot, location);
                    other.Entries--;
                    segment.Entries++;
                    return true;
                }
            }
            var empty = shard.Slots(bucket, 0);
            if (empty == 0) continue;
            if (staleSlot >= 0) shard.Replace(staleBucket, staleSlot, location);
            else if (shard.IsFull || mustGrow) return false;
            else
            {
                shard.Fill(bucket, BitOperations.TrailingZeroCount(empty), hash, location);
                directory.Added();
            }
            segment.Entries++;
            return true;
        }
    }
}
