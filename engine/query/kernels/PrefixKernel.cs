using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests whether texts begin with one.</summary>
internal sealed class PrefixKernel(byte[] prefix, bool isNegated) : SparseKernel(isNegated)
{
    protected override bool Passes(ColumnView column, int row) => column.Bytes(row).StartsWith(prefix);
}
