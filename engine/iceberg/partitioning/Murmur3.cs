using System.Buffers.Binary;
using System.Numerics;

namespace K2I.Iceberg;

/// <summary>MurmurHash3, 32 bits, x86 variant, seed 0: what bucket partitioning hashes with (table spec, appendix B).</summary>
internal static class Murmur3
{
    private const uint C1 = 0xCC9E2D51, C2 = 0x1B873593;

    public static int Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0;
        var rest = bytes;
        for (; rest.Length >= 4; rest = rest[4..]) hash = Mix(hash, BinaryPrimitives.ReadUInt32LittleEndian(rest));
        uint tail = 0;
        for (var at = rest.Length - 1; at >= 0; at--) tail = (tail << 8) | rest[at];
        if (!rest.IsEmpty) hash ^= Scramble(tail);
        return (int)Finish(hash ^ (uint)bytes.Length);
    }

    /// <summary>The hash of the value's eight little-endian bytes.</summary>
    public static int Hash(long value) => (int)Finish(Mix(Mix(0, (uint)value), (uint)(value >>> 32)) ^ 8);

    private static uint Mix(uint hash, uint part) => (BitOperations.RotateLeft(hash ^ Scramble(part), 13) * 5) + 0xE6546B64;

    private static uint Scramble(uint part) => BitOperations.RotateLeft(part * C1, 15) * C2;

    private static uint Finish(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
