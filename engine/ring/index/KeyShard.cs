using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace K2I.Ring;

/// <summary>
/// The entries of the keys whose hashes begin alike: an open-addressed table in one place of the budget. An object is one life of a place.
/// A bucket is a cache line; probing goes on to the next while it is full, and there is always one that is not.
/// <code>
///   hash 0 │ hash 1 │ hash 2 │ hash 3 │ location 0 │ location 1 │ location 2 │ location 3      8 bytes each, hash 0: empty
/// </code>
/// </summary>
/// <remarks>
/// One writer, any readers. An entry is published in two steps: (1) its location, (2) its hash by a release store. A hash never changes
/// again, a location is replaced by one store, and no entry is taken out: a reader that finds the hash, then (fence) reads the location,
/// has a whole entry. Entries are dropped by copying the others into a new shard.
/// </remarks>
internal sealed unsafe class KeyShard
{
    internal const int BucketSlots = 4;
    private const int BucketBytes = 64, Words = BucketBytes / sizeof(ulong);

    private readonly ulong* memory;
    private readonly uint mask;
    private readonly int most;

    internal KeyShard(IndexPlace place, Span<byte> memory, int depth)
    {
        Place = place;
        Depth = depth;
        Limit = LimitOf(place.Size);
        most = SlotsOf(place.Size) - BucketSlots;
        this.memory = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        mask = (uint)(memory.Length / BucketBytes) - 1;
    }

    internal IndexPlace Place { get; }

    /// <summary>Bits that the hashes of its entries have in common, from the top.</summary>
    internal int Depth { get; }

    /// <summary>Entries at which it should grow: three of four slots.</summary>
    internal int Limit { get; }

    /// <summary>Entries, stale ones included. Writer.</summary>
    internal int Count { get; private set; }

    /// <summary>It cannot take one more: an empty slot ends every probe.</summary>
    internal bool IsFull => Count >= most;

    /// <summary>It could not grow: not to be tried before so many rows were put. Writer.</summary>
    internal long GrowsFrom { get; set; }

    /// <summary>Nearly all of its hashes have the next bit in common too: it is not split. Writer.</summary>
    internal bool IsAlike { get; set; }

    /// <summary>Entries at which one of this size should grow.</summary>
    internal static int LimitOf(int size) => SlotsOf(size) / 4 * 3;

    internal uint Buckets => mask + 1;

    internal uint Home(ulong hash) => (uint)hash & mask;

    internal uint Next(uint bucket) => (bucket + 1) & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Prefetch(ulong hash) => KeyPart.Prefetch(memory + (Home(hash) * Words));

    /// <summary>Which slots of a bucket hold this hash, a bit each; the empty ones where it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Slots(uint bucket, ulong hash)
    {
        var hashes = memory + (bucket * Words);
        var wanted = Vector128.Create(hash);
        return Vector128.Equals(Vector128.Load(hashes), wanted).ExtractMostSignificantBits()
            | (Vector128.Equals(Vector128.Load(hashes + 2), wanted).ExtractMostSignificantBits() << 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RowLocation Location(uint bucket, int slot) => new(Volatile.Read(ref memory[(bucket * Words) + BucketSlots + slot]));

    /// <summary>Writer.</summary>
    internal ulong Hash(uint bucket, int slot) => memory[(bucket * Words) + slot];

    /// <summary>Gives an entry another location. Writer.</summary>
    internal void Replace(uint bucket, int slot, RowLocation location) =>
        Volatile.Write(ref memory[(bucket * Words) + BucketSlots + slot], location.Word);

    /// <summary>A new entry in an empty slot. Writer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill(uint bucket, int slot, ulong hash, RowLocation location)
    {
        memory[(bucket * Words) + BucketSlots + slot] = location.Word;
        Volatile.Write(ref memory[(bucket * Words) + slot], hash);
        Count++;
    }

    /// <summary>A new entry in the first empty slot of its probe; false where it is full. Writer, whom no reader sees yet.</summary>
    internal bool TryAdd(ulong hash, RowLocation location)
    {
        if (IsFull) return false;
        var bucket = Home(hash);
        uint empty;
        while ((empty = Slots(bucket, 0)) == 0) bucket = Next(bucket);
        Fill(bucket, BitOperations.TrailingZeroCount(empty), hash, location);
        return true;
    }

    private static int SlotsOf(int size) => IndexPlace.BytesOf(size) / BucketBytes * BucketSlots;
}
