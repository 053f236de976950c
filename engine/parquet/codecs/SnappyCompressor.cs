using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>
/// Raw Snappy: the length as a varint, then literals and copies. Greedy matching of four bytes by a hash table over fragments of 64 KiB,
/// skipping faster the longer nothing matches.
/// </summary>
/// <remarks>
/// A tag's low two bits: 0 literal (length - 1 in the upper six; 60 to 63: in one to four following bytes); 1 copy of 4 to 11 bytes from up to
/// 2,047 back; 2 copy of 1 to 64 bytes with a two-byte offset. Source: format_description.txt of google/snappy.
/// </remarks>
internal sealed unsafe class SnappyCompressor : Compressor
{
    private const int FragmentBytes = 1 << 16, TableBits = 14, MarginBytes = 15;

    private readonly ushort* table = (ushort*)NativeMemory.Alloc(1 << TableBits, sizeof(ushort));

    internal override long Bound(int bytes) => 32 + (long)bytes + bytes / 6;

    internal override int Compress(byte* source, int bytes, byte* target, long capacity)
    {
        var at = target;
        var length = (uint)bytes;
        for (; length >= 0x80; length >>= 7) *at++ = (byte)(length | 0x80);
        *at++ = (byte)length;
        for (var done = 0; done < bytes; done += FragmentBytes)
            at = Fragment(source + done, Math.Min(FragmentBytes, bytes - done), at);
        return (int)(at - target);
    }

    protected override void Free() => NativeMemory.Free(table);

    private byte* Fragment(byte* start, int bytes, byte* target)
    {
        var literal = start;
        var end = start + bytes;
        if (bytes > MarginBytes)
        {
            // A small fragment clears and uses a small table only.
            var bits = Math.Clamp(BitOperations.Log2((uint)bytes) + 1, 8, TableBits);
            NativeMemory.Clear(table, (nuint)(sizeof(ushort) << bits));
            var shift = 32 - bits;
            var limit = end - MarginBytes;
            var at = start + 1;
            var skip = 32;
            while (at < limit)
            {
                var bytesHere = Load(at);
                ref var slot = ref table[bytesHere * 0x1E35A7BD >> shift];
                var candidate = start + slot;
                slot = (ushort)(at - start);
                if (Load(candidate) != bytesHere || candidate >= at)
                {
                    at += skip++ >> 5;
                    continue;
                }
                target = Literal(literal, (int)(at - literal), target);
                var match = 4 + MatchLength(candidate + 4, at + 4, end);
                target = Copy((int)(at - candidate), match, target);
                at += match;
                literal = at;
                skip = 32;
                if (at < limit) table[Load(at - 1) * 0x1E35A7BD >> shift] = (ushort)(at - 1 - start);
            }
        }
        return literal < end ? Literal(literal, (int)(end - literal), target) : target;
    }

    private static byte* Literal(byte* source, int count, byte* target)
    {
        if (count == 0) return target;
        var n = count - 1;
        if (n < 60)
        {
            *target++ = (byte)(n << 2);
        }
        else
        {
            var extra = n < 1 << 8 ? 1 : 2;
            *target++ = (byte)(59 + extra << 2);
            *target++ = (byte)n;
            if (extra == 2) *target++ = (byte)(n >> 8);
        }
        Unsafe.CopyBlockUnaligned(target, source, (uint)count);
        return target + count;
    }

    private static byte* Copy(int offset, int length, byte* target)
    {
        // What is left after each long piece stays at least four bytes, so that the short form can take it.
        while (length >= 68)
        {
            target = LongCopy(offset, 64, target);
            length -= 64;
        }
        if (length > 64)
        {
            target = LongCopy(offset, 60, target);
            length -= 60;
        }
        if (length >= 12 || offset >= 2048) return LongCopy(offset, length, target);
        *target++ = (byte)(1 | length - 4 << 2 | offset >> 8 << 5);
        *target++ = (byte)offset;
        return target;
    }

    private static byte* LongCopy(int offset, int length, byte* target)
    {
        target[0] = (byte)(2 | length - 1 << 2);
        target[1] = (byte)offset;
        target[2] = (byte)(offset >> 8);
        return target + 3;
    }

    private static int MatchLength(byte* a, byte* b, byte* end)
    {
        var start = b;
        for (; b + 8 <= end; a += 8, b += 8)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(a) ^ Unsafe.ReadUnaligned<ulong>(b);
            if (difference != 0) return (int)(b - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
        }
        for (; b < end && *a == *b; a++) b++;
        return (int)(b - start);
    }

    private static uint Load(byte* at) => Unsafe.ReadUnaligned<uint>(at);
}
