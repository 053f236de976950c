using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>
/// A split-block Bloom filter: blocks of eight 32-bit words. A hash's upper half picks the block, its lower half one bit of each word. Tells of a hash that it was
/// never put in, or may have been. Source: BloomFilter.md of parquet-format.
/// </summary>
/// <param name="words">A power of two of blocks, little-endian as in the file.</param>
internal readonly struct BloomFilter(uint[] words)
{
    internal const int BlockBytes = 32;
    private const int BlockWords = BlockBytes / sizeof(uint);

    private static ReadOnlySpan<uint> Salts => [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    internal uint[] Words => words;

    /// <summary>Bytes for so many values at a chance of false answers: the least power of two, within the bounds.</summary>
    internal static int BytesFor(long values, double falseChance, int mostBytes)
    {
        // A block's words each hold one bit a value: (1 - e^(-8n/m))^8 = p, solved for m bits.
        var bits = -8.0 * values / Math.Log(1 - Math.Pow(falseChance, 1.0 / 8));
        var bytes = Math.Clamp(bits / 8, BlockBytes, 1 << 30);
        var rounded = (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)Math.Ceiling(bytes)), 1 << 30);
        while (rounded > mostBytes && rounded > BlockBytes) rounded >>= 1;
        return rounded;
    }

    internal void Add(ulong hash)
    {
        ref var block = ref words[BlockOf(hash)];
        for (var i = 0; i < BlockWords; i++) Unsafe.Add(ref block, i) |= Bit(hash, i);
    }

    internal bool MayContain(ulong hash)
    {
        ref var block = ref words[BlockOf(hash)];
        for (var i = 0; i < BlockWords; i++)
            if ((Unsafe.Add(ref block, i) & Bit(hash, i)) == 0) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BlockOf(ulong hash) => (int)((hash >> 32) * (ulong)(words.Length / BlockWords) >> 32) * BlockWords;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bit(ulong hash, int word) => 1u << (int)((uint)hash * Salts[word] >> 27);
}
