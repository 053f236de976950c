using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace K2I.Parquet;

/// <summary>CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), folded 64 bytes at a time by carry-less multiplication where the CPU has it.</summary>
/// <remarks>
/// Source: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009; constants for the reflected
/// polynomial.
/// </remarks>
public static unsafe class Crc32
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return Compute(start, bytes.Length);
    }

    internal static uint Compute(byte* bytes, long count)
    {
        uint crc = 0;
        if (Pclmulqdq.IsSupported && Sse41.IsSupported && count >= 64)
        {
            var folded = count & ~15L;
            crc = Fold(bytes, folded);
            bytes += folded;
            count -= folded;
        }
        return count == 0 ? crc : (uint)NativeCodecs.Crc32(crc, bytes, (nuint)count);
    }

    /// <summary>CRC of a multiple of 16 bytes, at least 64.</summary>
    private static uint Fold(byte* at, long count)
    {
        var fold64 = Vector128.Create(0x0154442bd4L, 0x01c6e41596L).AsInt64();
        var fold16 = Vector128.Create(0x01751997d0L, 0x00ccaa009eL).AsInt64();
        var a = Load(at) ^ Vector128.CreateScalar(0xFFFFFFFFL);
        var b = Load(at + 16);
        var c = Load(at + 32);
        var d = Load(at + 48);
        for (at += 64, count -= 64; count >= 64; at += 64, count -= 64)
        {
            a = Step(a, fold64, Load(at));
            b = Step(b, fold64, Load(at + 16));
            c = Step(c, fold64, Load(at + 32));
            d = Step(d, fold64, Load(at + 48));
        }
        a = Step(a, fold16, b);
        a = Step(a, fold16, c);
        a = Step(a, fold16, d);
        for (; count >= 16; at += 16, count -= 16) a = Step(a, fold16, Load(at));
        return Reduce(a, fold16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Step(Vector128<long> value, Vector128<long> factors, Vector128<long> next) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11) ^ next;

    /// <summary>128 bits to 64, then Barrett reduction to 32.</summary>
    private static uint Reduce(Vector128<long> value, Vector128<long> fold16)
    {
        var low32 = Vector128.Create(0xFFFFFFFFL, 0);
        value = Pclmulqdq.CarrylessMultiply(value, fold16, 0x10) ^ Sse2.ShiftRightLogical128BitLane(value, 8);
        var high = Sse2.ShiftRightLogical128BitLane(value, 4);
        value = Pclmulqdq.CarrylessMultiply(value & low32, Vector128.CreateScalar(0x0163cd6124L), 0x00) ^ high;
        var barrett = Vector128.Create(0x01db710641L, 0x01f7011641L);
        var quotient = Pclmulqdq.CarrylessMultiply(value & low32, barrett, 0x10) & low32;
        value ^= Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00);
        return ~(uint)(value.AsUInt64().GetElement(0) >> 32);
    }

    private static Vector128<long> Load(byte* at) => Unsafe.ReadUnaligned<Vector128<long>>(at);
}
