using System.Diagnostics.CodeAnalysis;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Maintenance;

/// <summary>Sorted runs read together, as one. Rows with the same key come run by run. Owner of the runs. One thread.</summary>
internal sealed class RunMerger : IDisposable
{
    private readonly IReadOnlyList<SortedRun> runs;
    private readonly PriorityQueue<SortedRun, int> next;
    private readonly BatchBuilder rows;

    /// <param name="runs">In the order that their rows came.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="batchBytes">What a batch may have.</param>
    /// <param name="columnBytes">What a column of a run may be read ahead by.</param>
    internal RunMerger(IReadOnlyList<SortedRun> runs, Schema schema, long batchBytes, int columnBytes)
    {
        this.runs = runs;
        next = new(Comparer<int>.Create(Compare));
        rows = BatchBuilder.Bounded(schema, MemoryTag.Scratch, batchBytes);
        try
        {
            for (var at = 0; at < runs.Count; at++)
            {
                runs[at].Open(columnBytes);
                if (runs[at].Batch is not null) next.Enqueue(runs[at], at);
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
        while (next.TryPeek(out var run, out var at))
        {
            for (var column = 0; column < rows.ColumnCount; column++) RowCopy.Append(rows.Column(column), run.Batch!.Columns[column],
                run.Row);
            if (!rows.EndRow())
            {
                if (rows.Rows == 0) throw RowSorter.TooLarge();
                break;
            }
            // Out first: while it is in the queue its key may not change.
            next.Dequeue();
            if (run.TryNext()) next.Enqueue(run, at);
        }
        batch = rows.Rows == 0 ? null : rows.View();
        return batch is not null;
    }

    public void Dispose()
    {
        foreach (var run in runs) run.Dispose();
        rows.Dispose();
    }

    private int Compare(int x, int y)
    {
        var order = runs[x].Key.SequenceCompareTo(runs[y].Key);
        return order != 0 ? order : x.CompareTo(y);
    }
}
