using K2I.Columns;

namespace K2I.Query;

/// <summary>What rows take in column layout.</summary>
internal static class RowBytes
{
    /// <summary>Of one row of the batch on average, rounded up.</summary>
    internal static long Of(Batch batch)
    {
        if (batch.Rows == 0) return 0;
        long bytes = 0;
        foreach (var column in batch.Columns) bytes += Of(column);
        return (bytes + batch.Rows - 1) / batch.Rows;
    }

    private static long Of(ColumnView column)
    {
        long bytes = column.Length / 8;
        if (column.Layout is ColumnLayout.Bytes or ColumnLayout.List) bytes += (long)column.Length * sizeof(int);
        bytes += column.ValueBytes.Length;
        foreach (var child in column.Children) bytes += Of(child);
        return bytes;
    }
}
