using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Decodes DELTA_BINARY_PACKED: blocks of differences, each in miniblocks of one bit width. Sums wrap around as the format says.</summary>
/// <remarks>A miniblock is checked against the end when it begins; reads inside are unchecked and may look into the buffer's slack. Source: Encodings.md of parquet-format.</remarks>
internal unsafe struct DeltaDecoder
{
    private const int MaxBlockValues = 1 << 20;

    private byte* at;
    private byte* end;
    private int miniblocks;
    private int miniblockValues;
    private long left;
    private bool first;
    private long last;
    private long minDelta;
    private byte* widths;
    private int miniblock;
    private byte* packed;
    private int width;
    private int packedAt;
    private int packedLeft;

    /// <summary>Values not yet read.</summary>
    internal readonly long Left => left;

    /// <summary>No bytes at all are no values: so some write pages of nulls.</summary>
    internal void Start(byte* start, byte* limit)
    {
        this = default;
        at = start;
        end = limit;
        if (start == limit) return;
        var blockValues = Varint();
        var count = Varint();
        Damage.Unless(blockValues is > 0 and <= MaxBlockValues && count > 0 && count <= blockValues && blockValues % count == 0 && blockValues / count % 8 == 0, "a delta encoding of impossible blocks");
        miniblocks = miniblock = (int)count;
        miniblockValues = (int)(blockValues / count);
        var total = Varint();
        Damage.Unless(total <= int.MaxValue, "a delta encoding of too many values");
        left = (long)total;
        last = ZigZag();
        first = true;
    }

    /// <summary>Where the encoded values end.</summary>
    internal static byte* EndOf(DeltaDecoder copy)
    {
        if (copy.first && copy.left > 0)
        {
            copy.first = false;
            copy.left--;
        }
        while (copy.left > 0)
        {
            if (copy.packedLeft == 0) copy.NextMiniblock();
            var run = Math.Min(copy.left, copy.packedLeft);
            copy.left -= run;
            copy.packedLeft -= (int)run;
        }
        return copy.at;
    }

    internal void Read(long* into, int count)
    {
        Damage.Unless(count <= left, "a delta encoding has fewer values than its page");
        left -= count;
        if (first && count > 0)
        {
            first = false;
            *into++ = last;
            count--;
        }
        var value = last;
        while (count > 0)
        {
            if (packedLeft == 0) NextMiniblock();
            var run = Math.Min(count, packedLeft);
            var add = minDelta;
            if (width == 0)
            {
                for (var i = 0; i < run; i++) into[i] = value += add;
            }
            else if (width <= 56)
            {
                var mask = (1UL << width) - 1;
                var bit = (long)packedAt * width;
                for (var i = 0; i < run; i++, bit += width)
                    into[i] = value += add + (long)(Unsafe.ReadUnaligned<ulong>(packed + (bit >> 3)) >> (int)(bit & 7) & mask);
            }
            else
            {
                for (var i = 0; i < run; i++) into[i] = value += add + Wide(packedAt + i);
            }
            packedAt += run;
            packedLeft -= run;
            into += run;
            count -= run;
        }
        last = value;
    }

    internal void Read(int* into, int count)
    {
        var step = stackalloc long[256];
        while (count > 0)
        {
            var run = Math.Min(count, 256);
            Read(step, run);
            for (var i = 0; i < run; i++) into[i] = (int)step[i];
            into += run;
            count -= run;
        }
    }

    private readonly long Wide(int index)
    {
        var bit = (long)index * width;
        var low = Unsafe.ReadUnaligned<ulong>(packed + (bit >> 3));
        var high = Unsafe.ReadUnaligned<ulong>(packed + (bit >> 3) + 8);
        var shift = (int)(bit & 7);
        var value = shift == 0 ? low : low >> shift | high << 64 - shift;
        return (long)(width == 64 ? value : value & (1UL << width) - 1);
    }

    private void NextMiniblock()
    {
        if (miniblock == miniblocks)
        {
            minDelta = ZigZag();
            Damage.Unless(end - at >= miniblocks, "a delta encoding is cut short");
            widths = at;
            at += miniblocks;
            miniblock = 0;
        }
        width = widths[miniblock++];
        var bytes = (long)width * miniblockValues / 8;
        Damage.Unless(width <= 64 && bytes <= end - at, "a delta encoding is cut short");
        packed = at;
        packedAt = 0;
        packedLeft = miniblockValues;
        at += bytes;
    }

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            Damage.Unless(at < end, "a delta encoding is cut short");
            var next = *at++;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Damage.Throw("a delta encoding is malformed");
        return 0;
    }
}
