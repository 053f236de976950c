using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>Raw Snappy of untrusted bytes: a varint of the length, then literals and copies from what was written before. No errors but by the value returned.</summary>
/// <remarks>Source: format_description.txt of google/snappy.</remarks>
public static unsafe class Snappy
{
    private const int Step = 16, MostLengthBytes = 5;

    /// <summary>A copy of two bytes gives up to 64.</summary>
    private const int MostPerByte = 64;

    /// <summary>How long the data says that it is unpacked; false when it says none, or more than its bytes can hold.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> packed, out int length)
    {
        length = 0;
        if (LengthBytes(packed, out var said) == 0 || said > (ulong)packed.Length * MostPerByte || said > int.MaxValue) return false;
        length = (int)said;
        return true;
    }

    /// <summary>Fills all of <paramref name="plain"/>; false when the data is damaged or of another length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> packed, Span<byte> plain)
    {
        var header = LengthBytes(packed, out var said);
        if (header == 0 || said != (ulong)plain.Length) return false;
        fixed (byte* source = packed)
        fixed (byte* target = plain)
            return Decode(source + header, source + packed.Length, target, target + plain.Length);
    }

    /// <summary>The bytes that the length takes, 0 for none.</summary>
    private static int LengthBytes(ReadOnlySpan<byte> packed, out ulong length)
    {
        length = 0;
        for (var at = 0; at < Math.Min(packed.Length, MostLengthBytes); at++)
        {
            length |= (ulong)(packed[at] & 0x7F) << 7 * at;
            if (packed[at] < 0x80) return at + 1;
        }
        return 0;
    }

    private static bool Decode(byte* source, byte* end, byte* to, byte* limit)
    {
        var target = to;
        while (source < end)
        {
            int tag = *source++;
            if ((tag & 3) == 0)
            {
                long count = tag >> 2;
                if (count >= 60)
                {
                    var extra = (int)count - 59;
                    if (end - source < extra) return false;
                    count = 0;
                    for (var i = 0; i < extra; i++) count |= (long)source[i] << 8 * i;
                    source += extra;
                }
                count++;
                if (count > end - source || count > limit - to) return false;
                if (count <= Step && end - source >= Step && limit - to >= Step) Vector128.Load(source).Store(to);
                else Unsafe.CopyBlockUnaligned(to, source, (uint)count);
                source += count;
                to += count;
                continue;
            }
            int copied;
            long back;
            if ((tag & 3) == 1)
            {
                if (source == end) return false;
                copied = 4 + (tag >> 2 & 7);
                back = (tag >> 5) << 8 | *source++;
            }
            else
            {
                var wide = (tag & 3) == 2 ? 2 : 4;
                if (end - source < wide) return false;
                copied = 1 + (tag >> 2);
                back = wide == 2 ? Unsafe.ReadUnaligned<ushort>(source) : Unsafe.ReadUnaligned<uint>(source);
                source += wide;
            }
            if (back == 0 || back > to - target || copied > limit - to) return false;
            Copy(to - back, to, copied, limit - to >= copied + Step && back >= Step);
            to += copied;
        }
        return to == limit;
    }

    /// <summary>Copies forward; the ranges may overlap, which repeats what lies between them.</summary>
    private static void Copy(byte* from, byte* to, int count, bool wide)
    {
        if (wide)
        {
            for (var i = 0; i < count; i += Step) Vector128.Load(from + i).Store(to + i);
            return;
        }
        for (var i = 0; i < count; i++) to[i] = from[i];
    }
}
