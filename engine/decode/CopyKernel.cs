using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Decode;

/// <summary>Copies bytes and says whether all were ASCII, in one pass.</summary>
internal static unsafe class CopyKernel
{
    internal static bool Copy(byte* source, byte* target, nint count)
    {
        if (!Vector128.IsHardwareAccelerated || count < 16) return CopyScalar(source, target, count);
        var seen = Vector128<byte>.Zero;
        nint at = 0;
        for (; at <= count - 64; at += 64)
        {
            var a = Vector128.Load(source + at);
            var b = Vector128.Load(source + at + 16);
            var c = Vector128.Load(source + at + 32);
            var d = Vector128.Load(source + at + 48);
            a.Store(target + at);
            b.Store(target + at + 16);
            c.Store(target + at + 32);
            d.Store(target + at + 48);
            seen |= a | b | (c | d);
        }
        for (; at <= count - 16; at += 16)
        {
            var a = Vector128.Load(source + at);
            a.Store(target + at);
            seen |= a;
        }
        // The last vector overlaps what is already copied: the two ranges never overlap each other.
        var last = Vector128.Load(source + count - 16);
        last.Store(target + count - 16);
        return (seen | last).ExtractMostSignificantBits() == 0;
    }

    internal static bool CopyScalar(byte* source, byte* target, nint count)
    {
        ulong seen = 0;
        nint at = 0;
        for (; at <= count - 8; at += 8)
        {
            var word = Unsafe.ReadUnaligned<ulong>(source + at);
            Unsafe.WriteUnaligned(target + at, word);
            seen |= word;
        }
        for (; at < count; at++)
        {
            target[at] = source[at];
            seen |= source[at];
        }
        return (seen & 0x8080808080808080) == 0;
    }
}
