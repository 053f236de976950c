using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests whether numbers are among some, which are in order and none of them NaN.</summary>
internal sealed class NumberSetKernel<T>(T[] among, bool isNegated) : SparseKernel(isNegated)
    where T : unmanaged, IComparable<T>
{
    protected override bool Passes(ColumnView column, int row) => among.AsSpan().BinarySearch(column.Value<T>(row)) >= 0;
}
