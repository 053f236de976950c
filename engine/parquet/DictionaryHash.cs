using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace K2I.Parquet;

/// <summary>Hashes of dictionary keys. Secrets drawn at start keep chosen values from filling one probe chain; files do not depend on them.</summary>
internal static unsafe class DictionaryHash
{
    private static readonly ulong Multiplier = Secret() | 1, SecretA = Secret() | 1, SecretB = Secret() | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfBits(ulong bits) => (bits ^ bits >> 32) * Multiplier;

    /// <summary>Multiplies overlapping 8-byte words; longer values in the manner of wyhash.</summary>
    internal static ulong OfBytes(byte* at, int count)
    {
        var seed = SecretA;
        ulong a, b;
        if (count <= 16)
        {
            if (count >= 8)
            {
                a = Load8(at);
                b = Load8(at + count - 8);
            }
            else if (count >= 4)
            {
                a = Unsafe.ReadUnaligned<uint>(at);
                b = Unsafe.ReadUnaligned<uint>(at + count - 4);
            }
            else
            {
                a = count == 0 ? 0 : at[0] | (ulong)at[count >> 1] << 8 | (ulong)at[count - 1] << 16;
                b = 0;
            }
            var short16 = (a ^ (uint)count) * SecretA;
            short16 = (short16 ^ short16 >> 32 ^ b) * SecretB;
            return short16 ^ short16 >> 29;
        }
        else
        {
            var rest = count;
            for (; rest > 16; at += 16, rest -= 16) seed = Mix(Load8(at) ^ SecretB, Load8(at + 8) ^ seed);
            a = Load8(at + rest - 16);
            b = Load8(at + rest - 8);
        }
        return Mix(SecretB ^ (uint)count, Mix(a ^ SecretB, b ^ seed));
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
