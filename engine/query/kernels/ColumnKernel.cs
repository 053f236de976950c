using K2I.Columns;

namespace K2I.Query;

/// <summary>
/// A test of values of one type, made once for a filter and run over windows of columns. Nulls are not its concern: their bits are clear
/// already. Any thread.
/// </summary>
internal abstract class ColumnKernel
{
    /// <summary>Clears the bits of the rows that fail. Bits that are clear stay so, and their values may be anything.</summary>
    /// <param name="column">Has the values.</param>
    /// <param name="first">The row of the first bit, a multiple of 64.</param>
    /// <param name="bits">At most up to the column's end.</param>
    internal abstract void Keep(ColumnView column, int first, Span<ulong> bits);
}
