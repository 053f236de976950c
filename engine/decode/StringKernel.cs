using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Decode;

/// <summary>Finds where the plain part of a JSON string ends.</summary>
internal static unsafe class StringKernel
{
    /// <summary>
    /// The first quote, backslash or control character (below 0x20) at or after <paramref name="p"/>. A zero byte must follow the text, and 16 readable bytes
    /// after that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* End(byte* p)
    {
        if (!Vector128.IsHardwareAccelerated) return EndScalar(p);
        var stops = Stops(Vector128.Load(p));
        return stops != 0 ? p + BitOperations.TrailingZeroCount(stops) : EndFar(p + 16);
    }

    internal static byte* EndScalar(byte* p)
    {
        while (*p is not (byte)'"' and not (byte)'\\' and >= 0x20) p++;
        return p;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* EndFar(byte* p)
    {
        while (true)
        {
            var stops = Stops(Vector128.Load(p));
            if (stops != 0) return p + BitOperations.TrailingZeroCount(stops);
            p += 16;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(Vector128<byte> bytes)
    {
        var control = Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
        var quote = Vector128.Equals(bytes, Vector128.Create((byte)'"'));
        var escape = Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return (control | quote | escape).ExtractMostSignificantBits();
    }
}
