using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace K2I.Base;

/// <summary>CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), by the CPU's instruction where it has one. Source: RFC 3720, appendix B.4.</summary>
public static class Crc32C
{
    private static readonly uint[] Table = BuildTable();

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues <paramref name="crc"/> over <paramref name="data"/>: <c>Append(Append(0, a), b) == Compute(a + b)</c>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        ref var start = ref MemoryMarshal.GetReference(data);
        nint at = 0, length = data.Length;
        if (Sse42.X64.IsSupported)
        {
            ulong wide = crc;
            for (; at + 8 <= length; at += 8)
                wide = Sse42.X64.Crc32(wide, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
            crc = (uint)wide;
            for (; at < length; at++)
                crc = Sse42.Crc32(crc, Unsafe.Add(ref start, at));
        }
        else
        {
            for (; at < length; at++)
                crc = Table[(byte)(crc ^ Unsafe.Add(ref start, at))] ^ (crc >> 8);
        }
        return ~crc;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0x82F63B78 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
