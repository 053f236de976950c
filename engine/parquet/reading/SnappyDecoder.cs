using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>Decodes raw Snappy: a varint of the length, then literals and copies from what was written before.</summary>
/// <remarks>Source: format_description.txt of google/snappy.</remarks>
internal static unsafe class SnappyDecoder
{
    private const int Step = 16;

    /// <summary>The bytes written, always <paramref name="capacity"/>; anything else is damage.</summary>
    internal static void Decode(byte* source, int bytes, byte* target, int capacity)
    {
        var end = source + bytes;
        ulong length = 0;
        var shift = 0;
        byte next;
        do
        {
            Damage.Unless(source < end && shift < 35, "a Snappy page without a length");
            next = *source++;
            length |= (ulong)(next & 0x7F) << shift;
            shift += 7;
        }
        while (next >= 0x80);
        Damage.Unless(length == (ulong)capacity, "a Snappy page does not have the length that its header says");
        var to = target;
        var limit = target + capacity;
        while (source < end)
        {
            int tag = *source++;
            if ((tag & 3) == 0)
            {
                long count = tag >> 2;
                if (count >= 60)
                {
                    var extra = (int)count - 59;
                    Damage.Unless(end - source >= extra, "a Snappy page is cut short");
                    count = 0;
                    for (var i = 0; i < extra; i++) count |= (long)source[i] << 8 * i;
                    source += extra;
                }
                count++;
                Damage.Unless(count <= end - source && count <= limit - to, "a Snappy page is damaged");
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
                Damage.Unless(source < end, "a Snappy page is cut short");
                copied = 4 + (tag >> 2 & 7);
                back = (tag >> 5) << 8 | *source++;
            }
            else
            {
                var wide = (tag & 3) == 2 ? 2 : 4;
                Damage.Unless(end - source >= wide, "a Snappy page is cut short");
                copied = 1 + (tag >> 2);
                back = wide == 2 ? Unsafe.ReadUnaligned<ushort>(source) : Unsafe.ReadUnaligned<uint>(source);
                source += wide;
            }
            Damage.Unless(back > 0 && back <= to - target && copied <= limit - to, "a Snappy page is damaged");
            Copy(to - back, to, copied, limit - to >= copied + Step && back >= Step);
            to += copied;
        }
        Damage.Unless(to == limit, "a Snappy page is cut short");
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
