using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace K2I.Parquet;

/// <summary>Packs eight values at a time into <c>width</c> bits each, least significant bit first. May write up to 16 bytes: leave slack.</summary>
internal static unsafe class BitPacker
{
    private const ulong EachByte = 0x0101010101010101, EachShort = 0x0001000100010001;

    /// <summary>Packs groups of eight levels of at most eight bits. Returns the end.</summary>
    internal static byte* PackBytes(byte* values, int groups, int width, byte* target)
    {
        var mask = EachByte * ((1u << width) - 1);
        for (; groups > 0; groups--, values += 8, target += width)
        {
            var eight = Unsafe.ReadUnaligned<ulong>(values);
            if (Bmi2.X64.IsSupported)
            {
                Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitExtract(eight, mask));
                continue;
            }
            ulong packed = 0;
            for (var i = 7; i >= 0; i--) packed = packed << width | values[i];
            Unsafe.WriteUnaligned(target, packed);
        }
        return target;
    }

    /// <summary>Packs groups of eight values of at most 32 bits. Returns the end.</summary>
    internal static byte* PackUInts(uint* values, int groups, int width, byte* target)
    {
        if (Bmi2.X64.IsSupported && width <= 8)
        {
            var mask = EachByte * ((1u << width) - 1);
            for (; groups > 0; groups--, values += 8, target += width)
            {
                var shorts = Vector128.Narrow(Vector128.Load(values), Vector128.Load(values + 4));
                var bytes = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
                Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitExtract(bytes, mask));
            }
            return target;
        }
        if (Bmi2.X64.IsSupported && width <= 16)
        {
            var mask = EachShort * ((1u << width) - 1);
            var half = 4 * width;
            for (; groups > 0; groups--, values += 8, target += width)
            {
                var shorts = Vector128.Narrow(Vector128.Load(values), Vector128.Load(values + 4)).AsUInt64();
                var low = Bmi2.X64.ParallelBitExtract(shorts.GetElement(0), mask);
                var high = Bmi2.X64.ParallelBitExtract(shorts.GetElement(1), mask);
                Unsafe.WriteUnaligned(target, half == 64 ? low : low | high << half);
                Unsafe.WriteUnaligned(target + 8, half == 64 ? high : high >> 64 - half);
            }
            return target;
        }
        for (; groups > 0; groups--, values += 8) target = PackScalar(values, width, target);
        return target;
    }

    internal static byte* PackScalar(uint* values, int width, byte* target)
    {
        ulong pending = 0;
        var bits = 0;
        for (var i = 0; i < 8; i++)
        {
            pending |= (ulong)values[i] << bits;
            bits += width;
            for (; bits >= 8; bits -= 8, pending >>= 8) *target++ = (byte)pending;
        }
        return target;
    }
}
