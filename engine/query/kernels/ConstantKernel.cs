using K2I.Columns;

namespace K2I.Query;

/// <summary>What no value passes, or each does.</summary>
internal sealed class ConstantKernel(bool passes) : ColumnKernel
{
    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        if (!passes) bits.Clear();
    }
}
