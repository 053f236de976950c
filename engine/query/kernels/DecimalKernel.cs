using System.Buffers.Binary;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Compares decimals of one scale with one, by their unscaled values, without a branch.</summary>
internal sealed class DecimalKernel : ColumnKernel
{
    private readonly ulong low;
    private readonly long high;

    // What becomes of the rows below, and of those that are equal; others are above.
    private readonly ulong below, equal, above;

    internal DecimalKernel(ScanOperator comparison, Int128 with, bool isNegated)
    {
        (low, high) = ((ulong)with, (long)(with >> 64));
        below = Passes(-1);
        equal = Passes(0);
        above = Passes(1);

        ulong Passes(int order) => Comparisons.Holds(comparison, order) != isNegated ? ulong.MaxValue : 0;
    }

    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var values = column.ValueBytes[(first * 16)..];
        for (var i = 0; i < bits.Length; i++, values = values[Math.Min(values.Length, RowBits.PerWord * 16)..])
        {
            if (bits[i] == 0) continue;
            ulong less = 0, same = 0;
            for (var row = 0; row < RowBits.PerWord && (row * 16) < values.Length; row++)
            {
                var lows = BinaryPrimitives.ReadUInt64LittleEndian(values[(row * 16)..]);
                var highs = BinaryPrimitives.ReadInt64LittleEndian(values[((row * 16) + 8)..]);
                var isHigh = highs == high ? 1UL : 0UL;
                less |= ((highs < high ? 1UL : 0UL) | (isHigh & (lows < low ? 1UL : 0UL))) << row;
                same |= (isHigh & (lows == low ? 1UL : 0UL)) << row;
            }
            bits[i] &= (less & below) | (same & equal) | (~(less | same) & above);
        }
    }
}
