using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace K2I.Parquet;

/// <summary>Decodes the RLE / bit-packed hybrid: levels, dictionary indices, booleans. Also old levels that are one bit-packed run, most significant bit first.</summary>
/// <remarks>
/// A run is checked against the end when it begins; reads inside are unchecked and may look up to 16 bytes beyond the end, which the buffer's slack
/// makes harmless. Source: Encodings.md of parquet-format.
/// </remarks>
internal unsafe struct HybridDecoder
{
    private const ulong EachByte = 0x0101010101010101;

    private byte* at;
    private byte* end;
    private int width;
    private long repeats;
    private uint repeated;
    private byte* packed;
    private long packedAt;
    private long packedCount;
    private bool reversed;

    /// <summary>Begins a stream of values of <paramref name="bitWidth"/> (0 to 32) bits.</summary>
    internal void Start(byte* start, byte* limit, int bitWidth)
    {
        this = default;
        at = start;
        end = limit;
        width = bitWidth;
    }

    /// <summary>Begins levels in the old encoding: <paramref name="count"/> values in a row without headers.</summary>
    internal void StartReversed(byte* start, int bitWidth, int count)
    {
        this = default;
        at = end = start + ((long)count * bitWidth + 7) / 8;
        packed = start;
        packedCount = count;
        width = bitWidth;
        reversed = true;
    }

    /// <summary>Begins values that are packed without headers, as many as there are bits for.</summary>
    internal void StartPacked(byte* start, byte* limit, int bitWidth)
    {
        this = default;
        packed = start;
        at = end = limit;
        packedCount = (limit - start) * 8 / bitWidth;
        width = bitWidth;
    }

    /// <summary>The next values of at most eight bits, one a byte.</summary>
    internal void Read(byte* into, int count)
    {
        while (count > 0)
        {
            if (repeats > 0)
            {
                var run = (int)Math.Min(repeats, count);
                Unsafe.InitBlockUnaligned(into, (byte)repeated, (uint)run);
                repeats -= run;
                into += run;
                count -= run;
            }
            else if (packedAt < packedCount)
            {
                var run = (int)Math.Min(packedCount - packedAt, count);
                Unpack(into, run);
                into += run;
                count -= run;
            }
            else
            {
                NextRun();
            }
        }
    }

    /// <summary>The next values of at most 32 bits.</summary>
    internal void Read(uint* into, int count)
    {
        while (count > 0)
        {
            if (repeats > 0)
            {
                var run = (int)Math.Min(repeats, count);
                new Span<uint>(into, run).Fill(repeated);
                repeats -= run;
                into += run;
                count -= run;
            }
            else if (packedAt < packedCount)
            {
                var run = (int)Math.Min(packedCount - packedAt, count);
                Unpack(into, run);
                into += run;
                count -= run;
            }
            else
            {
                NextRun();
            }
        }
    }

    private void NextRun()
    {
        var header = Varint();
        if ((header & 1) == 0)
        {
            repeats = (long)(header >> 1);
            var bytes = (width + 7) / 8;
            Damage.Unless(repeats > 0 && end - at >= bytes, "a run of levels or indices is cut short");
            repeated = 0;
            for (var i = 0; i < bytes; i++) repeated |= (uint)at[i] << 8 * i;
            at += bytes;
            if (width < 32) Damage.Unless(repeated >> width == 0, "a level or index has more bits than it may");
            return;
        }
        var groups = (long)(header >> 1);
        packed = at;
        packedAt = 0;
        packedCount = groups * 8;
        // The last group may lack the bytes of the values that pad it.
        var available = end - at;
        if (groups * width > available)
        {
            packedCount = available * 8 / Math.Max(1, width);
            at = end;
        }
        else
        {
            at += groups * width;
        }
        Damage.Unless(packedCount > 0, "a run of levels or indices is cut short");
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            Damage.Unless(at < end, "there are fewer levels or indices than values");
            var next = *at++;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Damage.Throw("a run of levels or indices is malformed");
        return 0;
    }

    private void Unpack(byte* into, int count)
    {
        var from = packedAt;
        packedAt += count;
        if (reversed)
        {
            for (; count > 0; count--, from++) *into++ = (byte)Reversed(from);
            return;
        }
        for (; count > 0 && (from & 7) != 0; count--, from++) *into++ = (byte)One(from);
        if (Bmi2.X64.IsSupported)
        {
            var spread = EachByte * ((1u << width) - 1);
            var source = packed + from / 8 * width;
            for (; count >= 8; count -= 8, from += 8, into += 8, source += width)
                Unsafe.WriteUnaligned(into, Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(source), spread));
        }
        for (; count > 0; count--, from++) *into++ = (byte)One(from);
    }

    private void Unpack(uint* into, int count)
    {
        var bit = packedAt * width;
        packedAt += count;
        var source = packed;
        var bits = width;
        var mask = bits == 32 ? uint.MaxValue : (1u << bits) - 1;
        for (; count > 0; count--, bit += bits) *into++ = (uint)(Unsafe.ReadUnaligned<ulong>(source + (bit >> 3)) >> (int)(bit & 7)) & mask;
    }

    private readonly uint One(long index)
    {
        var bit = index * width;
        return (uint)(Unsafe.ReadUnaligned<ulong>(packed + (bit >> 3)) >> (int)(bit & 7)) & ((1u << width) - 1);
    }

    private readonly uint Reversed(long index)
    {
        uint value = 0;
        for (var bit = index * width; bit < (index + 1) * width; bit++) value = value << 1 | (uint)(packed[bit >> 3] >> (int)(7 - (bit & 7))) & 1;
        return value;
    }
}
