using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Decode;

/// <summary>UUIDs as 8-4-4-4-12 hex digits of either case.</summary>
internal static unsafe class UuidKernel
{
    /// <summary>Reads the 36 characters at <paramref name="p"/> to 16 bytes in the order written (RFC 4122).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Read(byte* p, out Vector128<byte> uuid)
    {
        if (!Vector128.IsHardwareAccelerated) return ReadScalar(p, out uuid);
        var front = Vector128.Create(*(ulong*)p, *(uint*)(p + 9) | ((ulong)*(uint*)(p + 14) << 32)).AsByte();
        var back = Vector128.Create(*(uint*)(p + 19) | ((ulong)*(uint*)(p + 24) << 32), *(ulong*)(p + 28)).AsByte();
        var good = Nibbles(ref front) & Nibbles(ref back);
        uuid = Vector128.Narrow(Pairs(front), Pairs(back));
        return good == Vector128<byte>.AllBitsSet && Dashes(p);
    }

    internal static bool ReadScalar(byte* p, out Vector128<byte> uuid)
    {
        var bytes = stackalloc byte[16];
        var good = Dashes(p);
        for (var i = 0; i < 16; i++)
        {
            var at = (i * 2) + (i >= 4 ? 1 : 0) + (i >= 6 ? 1 : 0) + (i >= 8 ? 1 : 0) + (i >= 10 ? 1 : 0);
            var pair = (Nibble(p[at]) << 4) | Nibble(p[at + 1]);
            good &= pair >= 0;
            bytes[i] = (byte)pair;
        }
        uuid = Vector128.Load(bytes);
        return good;
    }

    /// <summary>The hex digit's value, or -1.</summary>
    internal static int Nibble(byte c)
    {
        if (Digits.Is(c)) return c - '0';
        var letter = (uint)((c | 0x20) - 'a');
        return letter <= 5 ? (int)letter + 10 : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Dashes(byte* p) => p[8] == '-' && p[13] == '-' && p[18] == '-' && p[23] == '-';

    /// <summary>Hex characters to their values; returns all ones where they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Nibbles(ref Vector128<byte> characters)
    {
        var decimals = characters - Vector128.Create((byte)'0');
        var letters = (characters | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a');
        var isDecimal = Vector128.Equals(Vector128.Min(decimals, Vector128.Create((byte)9)), decimals);
        var isLetter = Vector128.Equals(Vector128.Min(letters, Vector128.Create((byte)5)), letters);
        characters = (decimals & isDecimal) | ((letters + Vector128.Create((byte)10)) & isLetter);
        return isDecimal | isLetter;
    }

    /// <summary>Two hex values to one byte, in the low half of 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Pairs(Vector128<byte> nibbles)
    {
        var pairs = nibbles.AsUInt16();
        return ((pairs << 4) | (pairs >>> 8)) & Vector128.Create((ushort)0xFF);
    }
}
