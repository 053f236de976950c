using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// Compares decimals of one scale with one, by their unscaled values, without a branch. Both halves of a value are compared at once: two
/// bits a row, which then become one.
/// </summary>
internal sealed class DecimalKernel : ColumnKernel
{
    private const int HalvesPerRow = 2, RowsPerTest = RowBits.PerWord / HalvesPerRow;

    /// <summary>Of 64 bits every second: those of the lower halves.</summary>
    private const ulong Lows = 0x5555_5555_5555_5555;

    // The halves of what is compared with. In the second, and in the values by the mask, the lower half is such that signed comparison
    // tells its unsigned order.
    private readonly Vector128<long> with, ordered;

    // What becomes of the rows below, and of those that are equal; others are above.
    private readonly ulong below, equal, above;

    internal DecimalKernel(ScanOperator comparison, Int128 with, bool isNegated)
    {
        this.with = Vector128.Create((long)(ulong)with, (long)(with >> 64));
        ordered = this.with ^ Signs;
        below = Passes(-1);
        equal = Passes(0);
        above = Passes(1);

        ulong Passes(int order) => Comparisons.Holds(comparison, order) != isNegated ? ulong.MaxValue : 0;
    }

    private static Vector128<long> Signs => Vector128.Create(long.MinValue, 0);

    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var halves = MemoryMarshal.Cast<byte, long>(column.ValueBytes)[(first * HalvesPerRow)..];
        for (var i = 0; i < bits.Length; i++, halves = halves[Math.Min(halves.Length, RowBits.PerWord * HalvesPerRow)..])
        {
            if (bits[i] == 0) continue;
            var (less, same) = Test(halves[..Math.Min(halves.Length, RowBits.PerWord)]);
            if (halves.Length > RowBits.PerWord)
            {
                var others = Test(halves[RowBits.PerWord..Math.Min(halves.Length, RowBits.PerWord * HalvesPerRow)]);
                less |= others.Less << RowsPerTest;
                same |= others.Same << RowsPerTest;
            }
            bits[i] &= (less & below) | (same & equal) | (~(less | same) & above);
        }
    }

    /// <summary>Of 32 rows at most.</summary>
    private (ulong Less, ulong Same) Test(ReadOnlySpan<long> halves)
    {
        ulong less = 0, same = 0;
        ref var at = ref MemoryMarshal.GetReference(halves);
        for (var i = 0; i < halves.Length; i += HalvesPerRow)
        {
            var value = Vector128.LoadUnsafe(ref at, (nuint)i);
            less |= (ulong)Vector128.LessThan(value ^ Signs, ordered).ExtractMostSignificantBits() << i;
            same |= (ulong)Vector128.Equals(value, with).ExtractMostSignificantBits() << i;
        }
        return (Gather((less >> 1) | ((same >> 1) & less)), Gather(same & (same >> 1)));
    }

    /// <summary>The bits of the lower halves, one beside the other.</summary>
    private static ulong Gather(ulong bits)
    {
        bits &= Lows;
        bits = (bits | (bits >> 1)) & 0x3333_3333_3333_3333;
        bits = (bits | (bits >> 2)) & 0x0F0F_0F0F_0F0F_0F0F;
        bits = (bits | (bits >> 4)) & 0x00FF_00FF_00FF_00FF;
        bits = (bits | (bits >> 8)) & 0x0000_FFFF_0000_FFFF;
        return (bits | (bits >> 16)) & uint.MaxValue;
    }
}
