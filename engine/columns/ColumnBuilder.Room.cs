using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using K2I.Base;

namespace K2I.Columns;

/// <summary>Values that are put where the caller knows of room: no call is left in the loop that does so.</summary>
public sealed unsafe partial class ColumnBuilder
{
    /// <summary>One more value needs no more memory; of a string or binary value, its slot. Then it can be put.</summary>
    public bool HasRoom
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => count < limit;
    }

    /// <summary>As <see cref="Append{T}"/>, where there is room: a value of <see cref="Width"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<T>(T value) where T : unmanaged
    {
        Check.Debug(Layout == ColumnLayout.Fixed && Width == sizeof(T) && HasRoom);
        Unsafe.WriteUnaligned(values + (long)count * sizeof(T), value);
        count++;
    }

    /// <summary>As <see cref="AppendBool"/>, where there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutBool(bool value)
    {
        Check.Debug(Layout == ColumnLayout.Bits && HasRoom);
        var at = values + (count >> 3);
        var bit = (byte)(1 << (count & 7));
        *at = value ? (byte)(*at | bit) : (byte)(*at & ~bit);
        count++;
    }

    /// <summary>
    /// As <see cref="AppendBytes(ReadOnlySpan{byte})"/>, where there is room: the first <paramref name="length"/> bytes of the two
    /// together. False, and nothing done, where their bytes have none yet.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPutBytes(Vector128<byte> first, Vector128<byte> second, int length)
    {
        Check.Debug(Layout == ColumnLayout.Bytes && length <= 32 && HasRoom);
        var at = valueBytes;
        if (valueLimit - at < 32) return false;
        first.Store(values + at);
        second.Store(values + at + 16);
        valueBytes = at += length;
        offsets[++count] = at;
        return true;
    }
}
