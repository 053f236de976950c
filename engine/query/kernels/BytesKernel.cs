using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Compares texts, binaries, uuids and fixed bytes with one, byte by byte without sign.</summary>
internal sealed class BytesKernel(ScanOperator comparison, byte[] with, bool isNegated) : SparseKernel(isNegated)
{
    protected override bool Passes(ColumnView column, int row) => Comparisons.Holds(comparison, column.Bytes(row).SequenceCompareTo(with));
}
