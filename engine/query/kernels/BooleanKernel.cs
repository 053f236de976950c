using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests booleans, 64 at a time: it is enough to know what each of the two values comes to.</summary>
internal sealed class BooleanKernel(bool falsePasses, bool truePasses) : ColumnKernel
{
    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var values = column.ValueBytes;
        for (var i = 0; i < bits.Length; i++)
        {
            var word = RowBits.Word(values, (first / RowBits.PerWord) + i);
            bits[i] &= (truePasses ? word : 0) | (falsePasses ? ~word : 0);
        }
    }
}
