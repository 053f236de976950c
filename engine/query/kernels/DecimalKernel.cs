using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Compares decimals of one scale, by their unscaled values.</summary>
internal sealed class DecimalKernel(ScanOperator comparison, Int128 with, bool isNegated) : SparseKernel(isNegated)
{
    protected override bool Passes(ColumnView column, int row) => Comparisons.Holds(comparison, column.Value<Int128>(row).CompareTo(with));
}
