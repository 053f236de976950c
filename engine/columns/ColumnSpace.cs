using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// The address space that the builders of one batch share: each buffer gets a range as large as the whole budget, of which only
/// touched pages cost memory. Also the sticky overflow flag of the row being written.
/// </summary>
internal sealed unsafe class ColumnSpace : IDisposable
{
    private readonly MemoryTag tag;
    private NativeBuffer? buffer;
    private long reserved;

    internal ColumnSpace(MemoryTag tag, long budgetBytes, long rowLimitBytes)
    {
        Check.That(budgetBytes is >= 4096 and <= 1L << 30);
        this.tag = tag;
        BudgetBytes = budgetBytes;
        RowLimitBytes = rowLimitBytes;
        MaxSlots = (int)(budgetBytes / 4) + 64;
    }

    internal long BudgetBytes { get; }

    /// <summary>What the nested values of one row may take: a short text must not blow up into gigabytes of empty structs.</summary>
    internal long RowLimitBytes { get; }

    /// <summary>Values that any one builder can hold.</summary>
    internal int MaxSlots { get; }

    /// <summary>Bytes that one builder's variable-length values can take.</summary>
    internal long MaxValueBytes => BudgetBytes;

    internal long RowBytes;

    /// <summary>Something of the current row did not fit; nothing more of it is kept.</summary>
    internal bool Overflow;

    /// <summary>First pass: counts what the builders will ask for. Returns the range's offset.</summary>
    internal long Plan(long bytes)
    {
        var at = reserved;
        reserved += (bytes + NativeBuffer.PageBytes - 1) / NativeBuffer.PageBytes * NativeBuffer.PageBytes;
        return at;
    }

    internal byte* Map()
    {
        buffer = NativeBuffer.Reserve(tag, Math.Max(reserved, NativeBuffer.PageBytes));
        return buffer.Pointer;
    }

    internal void Release(long offset, long bytes) => buffer!.Release(offset, bytes);

    internal void Charge(int bytes)
    {
        RowBytes += bytes;
        if (RowBytes > RowLimitBytes) Overflow = true;
    }

    public void Dispose() => buffer?.Dispose();
}
