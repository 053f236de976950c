using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace K2I.Base;

/// <summary>CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), by the CPU's instruction where it has one. Source: RFC 3720, appendix B.4.</summary>
/// <remarks>
/// The instruction takes a turn of 8 bytes, one a cycle, but each waits three cycles for the one before. So long data is cut into blocks of three lanes whose checksums
/// are computed side by side and joined: the checksum of a lane followed by n bytes is its checksum times x^8n, one carry-less multiplication.
/// </remarks>
public static class Crc32C
{
    /// <summary>Bytes of a lane: three of them and joining them take less time than going through them one after another from about here on.</summary>
    private const int ShortLane = 256, LongLane = 4096;

    private const uint Polynomial = 0x82F63B78;

    private static readonly uint[] Table = BuildTable();

    // x^(8n - 33) for the lanes that follow: the multiplication, and the reduction by the instruction, add 33.
    private static readonly ulong ShiftShort = PowerOfX(8 * ShortLane - 33), ShiftShortTwice = PowerOfX(16 * ShortLane - 33);
    private static readonly ulong ShiftLong = PowerOfX(8 * LongLane - 33), ShiftLongTwice = PowerOfX(16 * LongLane - 33);

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues <paramref name="crc"/> over <paramref name="data"/>: <c>Append(Append(0, a), b) == Compute(a + b)</c>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        if (!Sse42.X64.IsSupported) return AppendByTable(crc, data);
        return Pclmulqdq.IsSupported && data.Length >= 3 * ShortLane ? AppendInLanes(crc, data) : AppendInTurn(crc, data);
    }

    /// <summary>Without special instructions.</summary>
    internal static uint AppendByTable(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        foreach (var b in data) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>By the instruction, one after another.</summary>
    internal static uint AppendInTurn(uint crc, ReadOnlySpan<byte> data)
    {
        ref var start = ref MemoryMarshal.GetReference(data);
        nint at = 0, length = data.Length;
        ulong wide = ~crc;
        for (; at + 8 <= length; at += 8)
            wide = Sse42.X64.Crc32(wide, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
        crc = (uint)wide;
        for (; at < length; at++)
            crc = Sse42.Crc32(crc, Unsafe.Add(ref start, at));
        return ~crc;
    }

    /// <summary>By the instruction, three lanes at a time.</summary>
    internal static uint AppendInLanes(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        ref var start = ref MemoryMarshal.GetReference(data);
        nint at = 0, length = data.Length;
        for (; at + 3 * LongLane <= length; at += 3 * LongLane)
            crc = Lanes(crc, ref Unsafe.Add(ref start, at), LongLane, ShiftLong, ShiftLongTwice);
        for (; at + 3 * ShortLane <= length; at += 3 * ShortLane)
            crc = Lanes(crc, ref Unsafe.Add(ref start, at), ShortLane, ShiftShort, ShiftShortTwice);
        return AppendInTurn(~crc, data[(int)at..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Lanes(uint crc, ref byte start, nint lane, ulong shift, ulong shiftTwice)
    {
        ulong a = crc, b = 0, c = 0;
        for (nint at = 0; at < lane; at += 8)
        {
            a = Sse42.X64.Crc32(a, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)));
            b = Sse42.X64.Crc32(b, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + lane)));
            c = Sse42.X64.Crc32(c, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + 2 * lane)));
        }
        var joined = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(a), Vector128.CreateScalar(shiftTwice), 0).ToScalar()
            ^ Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(b), Vector128.CreateScalar(shift), 0).ToScalar();
        return (uint)c ^ (uint)Sse42.X64.Crc32(0, joined);
    }

    /// <summary>x^<paramref name="n"/> modulo the polynomial, reflected: bit 31 is x^0.</summary>
    private static uint PowerOfX(int n)
    {
        var power = 0x80000000;
        for (var i = 0; i < n; i++) power = (power & 1) != 0 ? (power >> 1) ^ Polynomial : power >> 1;
        return power;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
