using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Avro;

/// <summary>Avro's variable-length integers (specification, "Binary Encoding"): seven bits a byte, the lowest first, zig-zag.</summary>
public static unsafe class AvroNumber
{
    /// <summary>Bytes of the longest one.</summary>
    public const int MaxBytes = 10;

    /// <summary>
    /// The number at <paramref name="at"/>, which moves on behind it. False, and moved nowhere, where the bytes up to
    /// <paramref name="end"/> hold none of 64 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte* at, byte* end, out long value)
    {
        if (at < end && *at < 0x80)
        {
            value = (*at >> 1) ^ -(*at & 1);
            at++;
            return true;
        }
        // The caller's variables by value: they keep their registers.
        var next = ReadLong(at, end, out var read);
        value = read;
        if (next == null) return false;
        at = next;
        return true;
    }

    /// <summary>
    /// As <see cref="TryRead"/>, without a call: a number of one byte, or of up to eight where eight bytes are there. False for others too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadShort(ref byte* at, byte* end, out long value)
    {
        // As in TryRead: put together of methods that both use, an event takes a tenth longer, inlined though they are.
        if (at < end && *at < 0x80)
        {
            value = (*at >> 1) ^ -(*at & 1);
            at++;
            return true;
        }
        value = 0;
        if (end - at < sizeof(ulong)) return false;
        var eight = BinaryPrimitives.ReadUInt64LittleEndian(new(at, sizeof(ulong)));
        var ends = ~eight & 0x8080808080808080;
        if (ends == 0) return false;
        // What is behind the last byte goes, then groups of seven bits are pushed together.
        var bits = eight & (ends ^ (ends - 1)) & 0x7F7F7F7F7F7F7F7F;
        bits = (bits & 0x007F007F007F007F) | ((bits & 0x7F007F007F007F00) >> 1);
        bits = (bits & 0x00003FFF00003FFF) | ((bits & 0x3FFF00003FFF0000) >> 2);
        bits = (bits & 0x000000000FFFFFFF) | ((bits & 0x0FFFFFFF00000000) >> 4);
        value = (long)(bits >> 1) ^ -(long)(bits & 1);
        at += (BitOperations.TrailingZeroCount(ends) >> 3) + 1;
        return true;
    }

    /// <summary>The position behind it; null where there is none.</summary>
    private static byte* ReadLong(byte* at, byte* end, out long value)
    {
        var p = at;
        if (TryReadShort(ref p, end, out value)) return p;
        ulong bits = 0;
        for (var shift = 0; shift < 70 && p < end; shift += 7)
        {
            var part = *p++;
            // Of the tenth byte there is room for one bit.
            if (shift == 63 && part > 1) break;
            bits |= (ulong)(part & 0x7F) << shift;
            if (part >= 0x80) continue;
            value = (long)(bits >> 1) ^ -(long)(bits & 1);
            return p;
        }
        value = 0;
        return null;
    }
}
