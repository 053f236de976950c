using K2I.Columns;

namespace K2I.Query;

/// <summary>Tests whether texts or binaries fit one of a few patterns.</summary>
internal sealed class TextKernel(TextPattern[] patterns, bool isNegated) : ColumnKernel
{
    internal override void Keep(ColumnView column, int first, Span<ulong> bits)
    {
        var offsets = column.Offsets[first..];
        var values = column.ValueBytes;
        var flip = isNegated ? ulong.MaxValue : 0;
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] == 0) continue;
            ulong passed = 0;
            foreach (var pattern in patterns) passed |= pattern.Test(offsets[(i * RowBits.PerWord)..], values, bits[i] & ~passed);
            bits[i] &= passed ^ flip;
        }
    }
}
