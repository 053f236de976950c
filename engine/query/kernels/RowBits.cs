using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Columns;

namespace K2I.Query;

/// <summary>
/// One bit a row, least significant first, in words of 64: which rows of a window are still wanted. A window begins at a multiple of 64
/// rows, so that its words are those of the columns' own bitmaps.
/// </summary>
internal static class RowBits
{
    internal const int PerWord = 64;

    internal static int Words(int rows) => (rows + PerWord - 1) / PerWord;

    /// <summary>Sets the bits from <paramref name="from"/> to <paramref name="to"/>, and clears all others.</summary>
    internal static void Set(Span<ulong> bits, int from, int to)
    {
        bits.Clear();
        bits[(from / PerWord)..Words(to)].Fill(ulong.MaxValue);
        if (from % PerWord != 0) bits[from / PerWord] &= ulong.MaxValue << from;
        if (to % PerWord != 0) bits[to / PerWord] &= ~(ulong.MaxValue << to);
    }

    internal static bool None(ReadOnlySpan<ulong> bits) => !bits.ContainsAnyExcept(0UL);

    /// <summary>Word <paramref name="word"/> of a column's bitmap; bits behind its last byte are clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Word(ReadOnlySpan<byte> bitmap, int word)
    {
        var at = word * sizeof(ulong);
        if (at + sizeof(ulong) <= bitmap.Length)
            return Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(bitmap), at));
        ulong bits = 0;
        for (var i = 0; at + i < bitmap.Length; i++) bits |= (ulong)bitmap[at + i] << (i * 8);
        return bits;
    }

    /// <summary>The rows whose bits are set, the first of the window being <paramref name="first"/>. Returns how many.</summary>
    internal static int ToOrdinals(ReadOnlySpan<ulong> bits, int first, Span<Ordinal> ordinals)
    {
        var count = 0;
        for (var word = 0; word < bits.Length; word++, first += PerWord)
        {
            var left = bits[word];
            if (left == ulong.MaxValue)
            {
                Count(first, MemoryMarshal.Cast<Ordinal, int>(ordinals.Slice(count, PerWord)));
                count += PerWord;
                continue;
            }
            for (; left != 0; left &= left - 1) ordinals[count++] = new(first + BitOperations.TrailingZeroCount(left));
        }
        return count;
    }

    /// <summary>Sixty-four numbers, one after another.</summary>
    private static void Count(int first, Span<int> numbers)
    {
        var some = Vector128.Create(first) + Vector128.Create(0, 1, 2, 3);
        for (var i = 0; i < numbers.Length; i += Vector128<int>.Count, some += Vector128.Create(Vector128<int>.Count))
            some.StoreUnsafe(ref MemoryMarshal.GetReference(numbers), (nuint)i);
    }
}
