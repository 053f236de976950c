using System.Numerics;
using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests value by value, and only those that are still wanted: for types that vectors do not hold.</summary>
internal abstract class SparseKernel(bool isNegated) : ColumnKernel
{
    internal sealed override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        for (var i = 0; i < bits.Length; i++, first += RowBits.PerWord)
        {
            var kept = bits[i];
            for (var left = kept; left != 0; left &= left - 1)
                if (Passes(column, first + BitOperations.TrailingZeroCount(left)) == isNegated) kept &= ~(left & (0 - left));
            bits[i] = kept;
        }
    }

    protected abstract bool Passes(ColumnView column, int row);
}
