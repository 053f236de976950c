using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests whether texts, binaries, uuids or fixed bytes are among some, which are in order.</summary>
internal sealed class BytesSetKernel(byte[][] among, bool isNegated) : SparseKernel(isNegated)
{
    protected override bool Passes(ColumnView column, int row)
    {
        var value = column.Bytes(row);
        var (low, high) = (0, among.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = value.SequenceCompareTo(among[middle]);
            if (order == 0) return true;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }
        return false;
    }
}
