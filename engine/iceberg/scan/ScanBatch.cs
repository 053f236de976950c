using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Rows of one data file, those deleted left out. A borrow: valid until the scan reads on.</summary>
/// <param name="Batch">The rows' columns, deleted rows included.</param>
/// <param name="Selected">The ordinals in the batch of the rows that are not deleted, ascending; null if none is.</param>
/// <param name="File">Where they come from.</param>
/// <param name="Start">The place in the file of the batch's first row.</param>
public sealed record ScanBatch(Batch Batch, ReadOnlyMemory<Ordinal>? Selected, DataFile File, long Start)
{
    /// <summary>Rows that are not deleted.</summary>
    public int Rows => Selected?.Length ?? Batch.Rows;

    /// <summary>The ordinal in the batch of the <paramref name="index"/>-th row that is not deleted.</summary>
    public Ordinal Ordinal(int index) => Selected is { } selected ? selected.Span[index] : new(index);
}
