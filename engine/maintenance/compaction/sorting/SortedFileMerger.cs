using System.Diagnostics.CodeAnalysis;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Maintenance;

/// <summary>Sorted files read together, as one. Rows with the same key come file by file. Owner of the files. One thread.</summary>
internal sealed class SortedFileMerger : IDisposable
{
    private readonly IReadOnlyList<SortedFile> files;
    private readonly PriorityQueue<SortedFile, int> next;
    private readonly BatchBuilder rows;

    /// <param name="files">In the order that their rows came.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="batchBytes">What a batch may have.</param>
    /// <param name="columnBytes">What a column of a file may be read ahead by.</param>
    internal SortedFileMerger(IReadOnlyList<SortedFile> files, Schema schema, long batchBytes, int columnBytes)
    {
        this.files = files;
        next = new(Comparer<int>.Create(Compare));
        rows = BatchBuilder.Bounded(schema, MemoryTag.Scratch, batchBytes);
        try
        {
            for (var at = 0; at < files.Count; at++)
            {
                files[at].Open(columnBytes);
                if (files[at].Batch is not null) next.Enqueue(files[at], at);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The next rows in order; false after the last. They are valid until the next call.</summary>
    internal bool TryRead([NotNullWhen(true)] out Batch? batch)
    {
        rows.Reset();
        while (next.TryPeek(out var file, out var at))
        {
            for (var column = 0; column < rows.ColumnCount; column++) RowCopy.Append(rows.Column(column), file.Batch!.Columns[column],
                file.Row);
            if (!rows.EndRow())
            {
                if (rows.Rows == 0) throw RowSorter.TooLarge();
                break;
            }
            // Out first: while it is in the queue its key may not change.
            next.Dequeue();
            if (file.TryNext()) next.Enqueue(file, at);
        }
        batch = rows.Rows == 0 ? null : rows.View();
        return batch is not null;
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
        rows.Dispose();
    }

    private int Compare(int x, int y)
    {
        var order = files[x].Key.SequenceCompareTo(files[y].Key);
        return order != 0 ? order : x.CompareTo(y);
    }
}
