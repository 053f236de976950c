using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Columns;

namespace K2I.Query;

/// <summary>
/// Tests whether texts or binaries equal one. Lengths come first, then the first eight bytes as a number, so that the rest is looked at
/// hardly ever in vain.
/// </summary>
internal sealed class EqualBytesKernel : ColumnKernel
{
    private readonly byte[] with;
    private readonly ulong mask, head;
    private readonly ulong flip;

    internal EqualBytesKernel(byte[] with, bool isNegated)
    {
        this.with = with;
        flip = isNegated ? ulong.MaxValue : 0;
        mask = with.Length >= sizeof(ulong) ? ulong.MaxValue : (1UL << (with.Length * 8)) - 1;
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        with.AsSpan(0, Math.Min(with.Length, sizeof(ulong))).CopyTo(start);
        head = MemoryMarshal.Read<ulong>(start);
    }

    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var offsets = column.Offsets[first..];
        var values = column.ValueBytes;
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] == 0) continue;
            bits[i] &= Test(offsets[(i * RowBits.PerWord)..], values) ^ flip;
        }
    }

    private ulong Test(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values)
    {
        ulong passed = 0;
        var rows = Math.Min(RowBits.PerWord, offsets.Length - 1);
        for (var row = 0; row < rows; row++)
            if (offsets[row + 1] - offsets[row] == with.Length && IsEqual(values, offsets[row])) passed |= 1UL << row;
        return passed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsEqual(ReadOnlySpan<byte> values, int at)
    {
        if (at + sizeof(ulong) <= values.Length)
        {
            var start = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(values), at));
            if ((start & mask) != head) return false;
            if (with.Length <= sizeof(ulong)) return true;
        }
        return values.Slice(at, with.Length).SequenceEqual(with);
    }
}
