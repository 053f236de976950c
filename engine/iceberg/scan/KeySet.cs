using System.IO.Hashing;

namespace K2I.Iceberg;

/// <summary>A set of byte strings that is asked by span. Keys lie one after another in blocks: there is no object for each.</summary>
internal sealed class KeySet
{
    private const int LeastBlockBytes = 256, MostBlockBytes = 64 << 10, LeastKeys = 8;

    private readonly List<byte[]> blocks = [[]];
    private Key[] keys = new Key[LeastKeys];
    // Numbers of keys, from one; twice as many places as there is room for keys, a power of two.
    private int[] places = new int[2 * LeastKeys];
    private int filled;

    private readonly record struct Key(int Hash, int Block, int Start, int Length);

    internal int Count { get; private set; }

    /// <summary>What it takes of memory.</summary>
    internal long Bytes { get; private set; } = LeastKeys * 24;

    internal void Add(ReadOnlySpan<byte> key)
    {
        var hash = HashOf(key);
        var place = PlaceOf(key, hash);
        if (places[place] != 0) return;
        if (Count == keys.Length)
        {
            Grow();
            place = PlaceOf(key, hash);
        }
        if (blocks[^1].Length - filled < key.Length)
        {
            blocks.Add(new byte[Math.Max(key.Length, Math.Clamp(2 * blocks[^1].Length, LeastBlockBytes, MostBlockBytes))]);
            filled = 0;
            Bytes += blocks[^1].Length;
        }
        key.CopyTo(blocks[^1].AsSpan(filled));
        keys[Count] = new Key(hash, blocks.Count - 1, filled, key.Length);
        filled += key.Length;
        places[place] = ++Count;
    }

    internal bool Contains(ReadOnlySpan<byte> key) => places[PlaceOf(key, HashOf(key))] != 0;

    /// <summary>Where the key is, or the free place where it would be.</summary>
    private int PlaceOf(ReadOnlySpan<byte> key, int hash)
    {
        for (var place = hash & (places.Length - 1); ; place = (place + 1) & (places.Length - 1))
        {
            if (places[place] is not (> 0 and var number)) return place;
            var known = keys[number - 1];
            if (known.Hash == hash && blocks[known.Block].AsSpan(known.Start, known.Length).SequenceEqual(key)) return place;
        }
    }

    private void Grow()
    {
        Array.Resize(ref keys, 2 * keys.Length);
        places = new int[2 * keys.Length];
        Bytes += Count * 24L;
        for (var at = 0; at < Count; at++)
        {
            var place = keys[at].Hash & (places.Length - 1);
            while (places[place] != 0) place = (place + 1) & (places.Length - 1);
            places[place] = at + 1;
        }
    }

    private static int HashOf(ReadOnlySpan<byte> key) => (int)XxHash3.HashToUInt64(key) & int.MaxValue;
}
