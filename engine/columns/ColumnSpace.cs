using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// The memory that the builders of one batch share, and the sticky overflow flag of the row being written. Either each buffer has a range
/// of address space of its own, as large as the whole budget, and takes pages of it while the batch may have more; or, where the budget is
/// small, all lie packed, each in a part that it cannot leave.
/// </summary>
internal sealed unsafe class ColumnSpace : IDisposable
{
    private readonly MemoryTag tag;
    private readonly bool bounded;
    private readonly NativeBuffer? packedIn;
    private readonly long packedAt;
    private readonly int packedRows;
    private readonly long packedTextBytes;
    private NativeBuffer? buffer;
    private ColumnBuilder[] columns = [];
    private long plannedBytes;
    private long limitBytes = long.MaxValue;
    private int buffers;

    /// <summary>Buffers of their own. Together they take pages of the budget and no more; or, unbounded, of about thrice as much.</summary>
    internal ColumnSpace(MemoryTag tag, long budgetBytes, bool bounded)
    {
        Check.That(budgetBytes is >= 4096 and <= 1L << 30);
        this.tag = tag;
        this.bounded = bounded;
        BudgetBytes = budgetBytes;
    }

    /// <summary>Buffers packed into a part of another's memory, which is zeros.</summary>
    internal ColumnSpace(BatchShape shape, NativeBuffer packedIn, long packedAt, long budgetBytes)
    {
        Check.That(budgetBytes >= shape.LeastBytes && budgetBytes <= 1L << 30);
        this.packedIn = packedIn;
        this.packedAt = packedAt;
        packedRows = shape.RowsIn(budgetBytes);
        packedTextBytes = shape.TextBytesIn(budgetBytes);
        BudgetBytes = budgetBytes;
    }

    internal long BudgetBytes { get; }

    /// <summary>Bytes of pages that the buffers may have touched. Of a packed batch, none: its budget holds them all.</summary>
    internal long TakenBytes { get; private set; }

    /// <summary>Something of the current row did not fit; nothing more of it is kept.</summary>
    internal bool Overflow;

    /// <summary>An empty batch keeps so many bytes of pages: half more than its budget, and what rounding to pages adds.</summary>
    internal long KeptBytes => (BudgetBytes * 3 / 2) + (buffers * 2L * NativeBuffer.PageBytes);

    private bool IsPacked => packedIn is not null;

    /// <summary>Values that a builder can hold which has <paramref name="times"/> of them for one row: a multiple of eight.</summary>
    internal int Slots(int width, int times)
    {
        var slots = IsPacked ? (long)packedRows * times : (BudgetBytes / Math.Max(4, width / 4)) + 64;
        return checked((int)(slots / 8 * 8));
    }

    /// <summary>Bytes that a builder's variable-length values can take.</summary>
    internal int ValueBytes(int times) => checked((int)(IsPacked ? packedTextBytes * times : BudgetBytes));

    /// <summary>First pass: counts what the builders will ask for. Returns the range's offset.</summary>
    internal long Plan(long bytes)
    {
        var unit = IsPacked ? BatchShape.Alignment : NativeBuffer.PageBytes;
        var at = plannedBytes;
        buffers++;
        plannedBytes += (bytes + unit - 1) / unit * unit;
        return at;
    }

    /// <summary>Second pass: gives the builders their memory.</summary>
    internal void Attach(ColumnBuilder[] builders)
    {
        columns = builders;
        byte* start;
        if (packedIn is not null)
        {
            Check.That(plannedBytes <= BudgetBytes && packedAt >= 0 && packedAt + BudgetBytes <= packedIn.Capacity);
            start = packedIn.Pointer + packedAt;
        }
        else
        {
            buffer = NativeBuffer.Reserve(tag, Math.Max(plannedBytes, NativeBuffer.PageBytes));
            start = buffer.Pointer;
            // Unbounded is not endless: a short text must not blow up into gigabytes of empty structs.
            limitBytes = bounded ? BudgetBytes : 2 * KeptBytes;
        }
        foreach (var column in builders) column.Attach(start);
    }

    /// <summary>Takes room for so many bytes of pages more; false where the limit leaves none.</summary>
    internal bool TryTake(long bytes)
    {
        if (bytes > limitBytes - TakenBytes) return false;
        TakenBytes += bytes;
        return true;
    }

    /// <summary>Takes pages back that no value is on: of earlier, other rows, or of one that was abandoned.</summary>
    internal void Trim()
    {
        foreach (var column in columns) column.Trim();
    }

    /// <summary>What a buffer has on pages when so much of it is used; nothing where it is packed.</summary>
    internal long PagesOf(long bytes) =>
        IsPacked ? 0 : (bytes + NativeBuffer.PageBytes - 1) / NativeBuffer.PageBytes * NativeBuffer.PageBytes;

    /// <summary>Gives the pages between the two sizes of a buffer that begins at <paramref name="at"/> back to the kernel.</summary>
    internal void Release(long at, long keptBytes, long takenBytes)
    {
        var (kept, taken) = (PagesOf(keptBytes), PagesOf(takenBytes));
        if (taken <= kept) return;
        buffer!.Release(at + kept, taken - kept);
        TakenBytes -= taken - kept;
    }

    public void Dispose() => buffer?.Dispose();
}
