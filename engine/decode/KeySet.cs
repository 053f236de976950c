using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Decode;

/// <summary>
/// The keys of the maps being read, to notice one that comes twice: a stack, as maps lie in maps. Keys are compared by a seeded hash over a
/// vector scan, then by their bytes.
/// </summary>
internal sealed class KeySet
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private uint[] hashes = new uint[64];
    private (int At, int Length)[] places = new (int, int)[64];
    private byte[] bytes = new byte[1024];
    private int first;
    private int count;
    private int used;

    /// <summary>Starts a map's keys. Returns what <see cref="End"/> needs to go back to the map around it.</summary>
    internal (int First, int Count, int Used) Begin()
    {
        var outer = (first, count, used);
        first = count;
        return outer;
    }

    internal void End((int First, int Count, int Used) outer) => (first, count, used) = outer;

    /// <summary>After an error, which leaves maps unended.</summary>
    internal void Clear() => first = count = used = 0;

    /// <summary>Adds a key to the current map; false when it has it already.</summary>
    internal bool Add(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        for (var at = first; ; at++)
        {
            var hit = hashes.AsSpan(at, count - at).IndexOf(hash);
            if (hit < 0) break;
            at += hit;
            if (bytes.AsSpan(places[at].At, places[at].Length).SequenceEqual(key)) return false;
        }
        if (count == hashes.Length)
        {
            Array.Resize(ref hashes, count * 2);
            Array.Resize(ref places, count * 2);
        }
        if (key.Length > bytes.Length - used) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + key.Length));
        key.CopyTo(bytes.AsSpan(used));
        hashes[count] = hash;
        places[count++] = (used, key.Length);
        used += key.Length;
        return true;
    }

    /// <summary>Seeded, so that nobody outside can choose keys that meet.</summary>
    internal static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (ulong)key.Length;
        while (key.Length >= 8)
        {
            hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(in MemoryMarshal.GetReference(key)));
            key = key[8..];
        }
        ulong tail = 0;
        foreach (var c in key) tail = (tail << 8) | c;
        return (uint)(Mix(hash ^ tail) >> 32);
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0x9E3779B97F4A7C15 ^ Seed, out var low);
        return high ^ low;
    }
}
