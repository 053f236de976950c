using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace K2I.Parquet;

/// <summary>Hashes of dictionary keys. Secrets drawn at start keep chosen values from filling one probe chain; files do not depend on them.</summary>
internal static unsafe class DictionaryHash
{
    private static readonly ulong Multiplier = Secret() | 1, SecretA = Secret() | 1, SecretB = Secret() | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfBits(ulong bits) => (bits ^ bits >> 32) * Multiplier;

    /// <summary>Of at most 16 bytes, zeros behind them. All bits of the value reach the upper half, and through it the lower one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfShort(Vector128<byte> value, int count)
    {
        var words = value.AsUInt64();
        var hash = (words.GetElement(0) ^ (uint)count) * SecretA;
        hash = (hash ^ hash >> 32 ^ words.GetElement(1)) * SecretB;
        return hash ^ hash >> 32;
    }

    /// <summary>Of more than 16 bytes: multiplies overlapping 8-byte words in the manner of wyhash.</summary>
    internal static ulong OfLong(byte* at, int count)
    {
        var seed = SecretA;
        var rest = count;
        for (; rest > 16; at += 16, rest -= 16) seed = Mix(Load8(at) ^ SecretB, Load8(at + 8) ^ seed);
        return Mix(SecretB ^ (uint)count, Mix(Load8(at + rest - 16) ^ SecretB, Load8(at + rest - 8) ^ seed));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static ulong Load8(byte* at) => Unsafe.ReadUnaligned<ulong>(at);

    private static ulong Secret() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
}
